"""What an environment decides about its PostgreSQL database."""

import re
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from environments.base import Boolean, Settings, WholeNumber, between, format_value, join_choices, matching

# Memory in GiB per size. Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
_BURSTABLE = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_UNITS_TO_16 = {"large": 1, "xlarge": 2, "2xlarge": 4, "4xlarge": 8, "8xlarge": 16, "12xlarge": 24, "16xlarge": 32}
_UNITS_TO_24 = _UNITS_TO_16 | {"24xlarge": 48}
_UNITS_TO_32 = _UNITS_TO_24 | {"32xlarge": 64}


def _gib(units: dict[str, int], gib_of_large: int) -> dict[str, int]:
    return {size: count * gib_of_large for size, count in units.items()}


_MEMORY_GIB = {
    "t3": _BURSTABLE,
    "t4g": _BURSTABLE,
    "m5": _gib(_UNITS_TO_24, 8),
    "m6g": _gib(_UNITS_TO_16, 8),
    "m6i": _gib(_UNITS_TO_32, 8),
    "m7g": _gib(_UNITS_TO_16, 8),
    "r5": _gib(_UNITS_TO_24, 16),
    "r6g": _gib(_UNITS_TO_16, 16),
    "r6i": _gib(_UNITS_TO_32, 16),
    "r7g": _gib(_UNITS_TO_16, 16),
}
_BYTES_PER_CONNECTION = 9_531_392
_MOST_CONNECTIONS = 5000

StorageGib = Annotated[WholeNumber, between(20, 65536, "a gp3 storage size in GiB")]


class DatabaseSettings(Settings):
    """The RDS instance; class, Multi-AZ and deletion protection have no default, the environment decides them.

    Changing the class or the engine's minor version restarts the database. Storage only grows: AWS rejects less.
    AWS upgrades minor versions by itself: then follow it here, or name the major version alone; AWS rejects older ones.
    A final snapshot is taken exactly where deletion protection is on.

    With `require_tls` a parameter group of the platform refuses connections without TLS. AWS's default group does so
    too, from PostgreSQL 15 on; but Terraform puts this one back if it is exchanged by hand. A switch takes effect with
    the next restart of the database. Before you switch it off give the database AWS's group, as docs/hardening.md says:
    Terraform leaves a database without an argument the group that it has, and AWS deletes none that is in use.
    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html

    RDS rotates the master password every 7 days, and a task reads it at its start only. With `iam_authentication` each
    service logs in with its task role, as the database user of its own name, which is created by hand before: its new
    revisions get DB_USERNAME and no DB_PASSWORD. It changes in place, and the master user keeps its password.
    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """

    instance_class: str = Field(examples=["db.t3.micro"])
    multi_az: Boolean = Field(examples=[False])
    deletion_protection: Boolean = Field(examples=[False])
    allocated_storage_gib: StorageGib = 20
    max_allocated_storage_gib: StorageGib = 100
    engine_version: Annotated[str, matching(r"\d{2}(\.\d{1,2})?", "a PostgreSQL version", "give one such as 15.12")] = (
        "15.12"
    )
    require_tls: Boolean = False
    iam_authentication: Boolean = False
    backup_retention_days: Annotated[WholeNumber, between(0, 35, "a number of days RDS keeps backups")] = 7

    @property
    def max_connections(self) -> int:
        """The connections PostgreSQL accepts on this class: RDS's default for the parameter of this name.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
        """
        _, family, size = self.instance_class.split(".")
        return min(_MEMORY_GIB[family][size] * 1024**3 // _BYTES_PER_CONNECTION, _MOST_CONNECTIONS)

    @field_validator("instance_class")
    @classmethod
    def _class_of_known_memory(cls, name: str) -> str:
        parts = re.fullmatch(r"db\.([a-z0-9]+)\.([a-z0-9]+)", name)
        family, size = parts.groups() if parts else ("", "")
        if family not in _MEMORY_GIB:
            families = join_choices([f"db.{known}" for known in _MEMORY_GIB])
            raise ValueError(
                f"{format_value(name)} is not a database class known here; "
                f"choose a size of {families}, such as db.t3.micro"
            )
        if size not in _MEMORY_GIB[family]:
            raise ValueError(
                f"{format_value(name)} is not a size of db.{family}; choose {join_choices(_MEMORY_GIB[family])}"
            )
        return name

    @field_validator("max_allocated_storage_gib")
    @classmethod
    def _room_to_grow(cls, most: int, info: ValidationInfo) -> int:
        allocated = info.data.get("allocated_storage_gib", most)
        if most < allocated:
            raise ValueError(
                f"{most} is below the {allocated} GiB of allocated_storage_gib; choose {allocated} or more"
            )
        return most
