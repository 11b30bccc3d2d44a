import pytest

from environments import SettingsError, load


def test_more_tags_than_an_s3_object_takes_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"tags .*: 4 given, .* S3 object takes 10, .* choose 3 or fewer"):
        load("dev", variables={"DEV__TAGS": '{A = "", B = "", C = "", D = ""}'})
