"""How long CloudWatch keeps logs."""

from typing import Annotated

from environments.base import WholeNumber, one_of

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

RetentionDays = Annotated[WholeNumber, one_of(_DAYS, "a number of days CloudWatch keeps logs")]
