"""What an environment decides about its network."""

import re
from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from environments.base import Boolean, Settings, decided, format_value, raise_all

_FEWEST_ZONES = 2
_TOO_FEW_ZONES = "fewer than two zones; a load balancer and a database need two, name two or more of the region"
_SHORTEST_MASK, _LONGEST_MASK = 16, 28
_TIERS = ("public_subnets", "private_app_subnets", "private_db_subnets")


def _block(value: object) -> IPv4Network:
    """Return an IPv4 block of a size that AWS takes for VPCs and subnets.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    if isinstance(value, IPv4Network):
        return value
    try:
        block = IPv4Network(value if isinstance(value, str) else "", strict=False)
    except ValueError:
        raise ValueError(f"{format_value(value)} is not an IPv4 block; give one such as 10.0.0.0/16") from None
    if not _SHORTEST_MASK <= block.prefixlen <= _LONGEST_MASK:
        raise ValueError(
            f"{format_value(value)} is not a size AWS takes; choose a mask of /{_SHORTEST_MASK} to /{_LONGEST_MASK}"
        )
    if str(block) != value:
        raise ValueError(f"{format_value(value)} is not the start of its block; write {block}")
    return block


Block = Annotated[IPv4Network, BeforeValidator(_block)]


class NetworkSettings(Settings):
    """The VPC, its zones and subnets; no defaults, the environment decides all of it.

    Changing `cidr`, `zones` or a block replaces the subnets, and so everything in them.
    Source: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
    """

    cidr: Block = Field(examples=["10.0.0.0/16"])
    zones: tuple[str, ...] = Field(examples=[["us-east-1a", "us-east-1b"]])
    public_subnets: tuple[Block, ...] = Field(examples=[["10.0.1.0/24", "10.0.2.0/24"]])
    private_app_subnets: tuple[Block, ...] = Field(examples=[["10.0.11.0/24", "10.0.12.0/24"]])
    private_db_subnets: tuple[Block, ...] = Field(examples=[["10.0.21.0/24", "10.0.22.0/24"]])
    nat_gateways: Literal["none", "single", "per_zone"] = Field(examples=["per_zone"])
    flow_logs: Boolean = Field(examples=[True])

    @field_validator("zones")
    @classmethod
    def _zones_of_the_region(cls, zones: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        region = decided(info).get("region")
        raise_all(
            *(
                f"{format_value(zone)} is not a zone of {region}; give one such as {region}a"
                for zone in dict.fromkeys(zones)
                if region and not re.fullmatch(rf"{region}[a-z]", zone)
            ),
            *(
                f"{format_value(zone)} is there {zones.count(zone)} times; name each zone once"
                for zone in _repeated(zones)
            ),
            *([_TOO_FEW_ZONES] if len(zones) < _FEWEST_ZONES else []),
        )
        return zones

    @field_validator(*_TIERS)
    @classmethod
    def _a_block_per_zone(cls, blocks: tuple[IPv4Network, ...], info: ValidationInfo) -> tuple[IPv4Network, ...]:
        cidr, zones = info.data.get("cidr"), info.data.get("zones")
        count = f"{len(blocks)} given for {len(zones)} zones; give one block per zone" if zones else ""
        raise_all(
            *([count] if zones and len(blocks) != len(zones) else []),
            *(
                f"{block} is outside the VPC's {cidr}; choose a block inside it"
                for block in blocks
                if cidr and not block.subnet_of(cidr)
            ),
            *(
                f"{block} overlaps {other}; give each subnet a block of its own"
                for other, block in combinations(blocks, 2)
                if block.overlaps(other)
            ),
            *(
                f"{block} overlaps {other} of {tier}; give each subnet a block of its own"
                for tier in _TIERS
                for other in info.data.get(tier, ())
                for block in blocks
                if block.overlaps(other)
            ),
        )
        return blocks


def _repeated(zones: tuple[str, ...]) -> list[str]:
    return [zone for zone in dict.fromkeys(zones) if zones.count(zone) > 1]
