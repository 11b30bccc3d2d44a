"""Terraform addresses that a person can read and that never move by themselves."""

import functools

from constructs.bindings import Node, TerraformElement, TerraformStack


class ReadableAddresses(TerraformStack):
    """A stack whose resources are addressed by their path in it, without cdktf's hash.

    The resource ``service`` of the construct ``backend`` is ``aws_ecs_service.backend``: names are joined by ``_``, and
    a last name that only repeats the resource's type is left out. An address is a contract: a resource whose path
    changes is destroyed and created again, unless a ``moved`` block names both addresses.

    Raises ValueError if two elements would share an address, and keeps it in ``clashes``: cdktf would merge the two
    silently.

    https://developer.hashicorp.com/terraform/cdktf/concepts/constructs
    """

    def _allocate_logical_id(self, tf_element: Node | TerraformElement) -> str:
        kind = _kind(type(tf_element))
        path = tf_element.path if isinstance(tf_element, Node) else tf_element.to_string()
        names = path.split("/")[1:]
        if len(names) > 1 and kind.endswith(f"_{names[-1]}"):
            names.pop()
        logical_id = "_".join(names)
        owner = self._owners().setdefault((kind, logical_id), path)
        if owner != path:
            self.clashes.append(f"{path}: {owner} has the address {kind}.{logical_id} already; rename one of the two")
            raise ValueError(self.clashes[-1])
        return logical_id

    @functools.cached_property
    def clashes(self) -> list[str]:
        """Which elements would share an address."""
        return []

    def _owners(self) -> dict[tuple[str, str], str]:
        # Made at its first use: the constructor of TerraformStack may ask for an address before one of ours returns.
        owners: dict[tuple[str, str], str] = self.__dict__.setdefault("_address_owners", {})
        return owners


@functools.cache
def _kind(element: type) -> str:
    """Return the Terraform type of a class of resources; asked once, because each question goes to Node and back."""
    return str(getattr(element, "TF_RESOURCE_TYPE", element.__name__))
