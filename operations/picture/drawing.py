"""The picture of an environment as text in Graphviz's language, DOT."""

from html import escape
from itertools import pairwise
from typing import Any

from graphviz import Digraph

from operations.picture.arrows import arrows, joined
from operations.picture.boxes import Members, boxes
from operations.picture.document import Document
from operations.picture.model import Arrow, Box, Line, Look, Tier
from operations.picture.openings import openings
from operations.picture.tiers import tiers

_FONT = "Helvetica"
_FILL = {Look.ENTRY: "#e3d7f5", Look.COMPUTE: "#fde3c8", Look.STORAGE: "#d3e8d3", Look.OUTSIDE: "#ececec"}
_LINES = {
    Line.ALLOWED: {"color": "#37474f"},
    Line.BLOCKED: {"color": "#c62828", "fontcolor": "#c62828", "style": "dotted", "penwidth": "2"},
    Line.USES: {"color": "#78909c", "style": "dashed"},
}
_NODE = {"shape": "box", "style": "rounded,filled", "fontname": _FONT, "fontsize": "12", "color": "#90a4ae"}
_EDGE = {"fontname": _FONT, "fontsize": "11", "arrowsize": "0.8", "weight": "4"}
_CLUSTER = {"style": "rounded", "fontname": _FONT, "fontsize": "12", "labeljust": "l"}
_LEGEND = "An arrow is a connection that both security groups allow, with its TCP port; dashed: used over AWS's API."


def draw(document: dict[str, Any]) -> Digraph:
    """Return the picture of a synthesized environment; its ``source`` is the text, the same for the same JSON."""
    stack = Document(document)
    members, found = Members(stack), openings(stack)
    drawn = boxes(stack, members, found)
    picture = Digraph(_name(stack), graph_attr=_graph(stack), node_attr=_NODE, edge_attr=_EDGE)
    for box in (box for box in drawn if box.tier is None):
        _add(picture, box)
    picture.subgraph(_network(stack, drawn))
    rows = {box.id: box.tier for box in drawn if box.tier}
    for arrow in joined(arrows(stack, members, found), titles={box.id: box.title for box in drawn}):
        _connect(picture, arrow, within_row=_is_within(arrow, rows))
    return picture


def _name(stack: Document) -> str:
    default_tags: list[dict[str, dict[str, str]]] = stack.provider.get("default_tags") or []
    tags = default_tags[0]["tags"] if default_tags else {}
    return " ".join(tags[key] for key in ("Project", "Environment") if key in tags)


def _graph(stack: Document) -> dict[str, str]:
    title = f'<B><FONT POINT-SIZE="18">{escape(_name(stack))}</FONT></B><BR ALIGN="LEFT"/>'
    legend = f'<FONT POINT-SIZE="11" COLOR="#546e7a">{escape(_LEGEND)}</FONT><BR ALIGN="LEFT"/>'
    return {
        "label": f"<{title}{legend}>",
        # Ranks hold for all frames together.
        "newrank": "true",
        "labelloc": "t",
        "labeljust": "l",
        "fontname": _FONT,
        "bgcolor": "white",
        "pad": "0.3",
        "nodesep": "0.5",
        "ranksep": "0.6",
    }


def _network(stack: Document, drawn: list[Box]) -> Digraph:
    """Return the network as a frame with a frame per tier, from the public one downwards."""
    # Arrows come in from above, so the label is at the bottom.
    labelled = {"label": _network_label(stack), "labelloc": "b", "color": "#90a4ae"}
    network = Digraph("cluster_network", graph_attr=_CLUSTER | labelled)
    found = tiers(stack)
    # Graphviz draws in this order: the label of an arrow from above covers the arrows within a tier.
    for tier in reversed(found):
        network.subgraph(_frame(tier, [box for box in drawn if box.tier == tier.name]))
    for above, below in pairwise(found):
        # The weight puts the captions into one column.
        network.edge(_id(above.name), _id(below.name), style="invis", weight="20")
    return network


def _network_label(stack: Document) -> str:
    names = [f"VPC {vpc.tags.get('Name', vpc.name)} {vpc.get('cidr_block')}" for vpc in stack.of("aws_vpc")]
    return f"<<B>{escape(', '.join(names))}</B>>"


def _frame(tier: Tier, inside: list[Box]) -> Digraph:
    """Return a tier: a row of its caption, what runs and what keeps data; by name, unless arrows order it.

    The caption is a box too: a frame's own label would lie under the arrows.
    """
    frame = Digraph(f"cluster_{tier.name}", graph_attr=_CLUSTER | {"label": "", "color": "#b0bec5"})
    row = Digraph(graph_attr={"rank": "same"})
    row.node(_id(tier.name), label=_caption(tier), shape="plaintext", style="")
    boxes_ = sorted(inside, key=lambda box: (box.look is Look.STORAGE, box.title))
    for box in boxes_:
        _add(row, box)
    for left, right in pairwise([tier.name, *(box.id for box in boxes_)]):
        row.edge(_id(left), _id(right), style="invis")
    frame.subgraph(row)
    return frame


def _caption(tier: Tier) -> str:
    return _table(
        [f"<B>{escape(tier.name)}</B>", *(_small(text) for text in (*tier.subnets, tier.way_out))], align="LEFT"
    )


def _add(graph: Digraph, box: Box) -> None:
    graph.node(_id(box.id), label=_box_label(box), fillcolor=_FILL[box.look])


def _id(id_: str) -> str:
    # Graphviz takes what follows a colon for a side of the box.
    return id_.replace(":", "_")


def _box_label(box: Box) -> str:
    rows = [f"<B>{escape(box.title)}</B>", *(_small(text) for text in (box.kind, *box.facts) if text)]
    return _table(rows, last=_exec(box))


def _table(rows: list[str], *, align: str = "CENTER", background: str = "transparent", last: str = "") -> str:
    cells = "".join(f'<TR><TD ALIGN="{align}">{row}</TD></TR>' for row in rows)
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{background}">{cells}{last}</TABLE>>'


def _small(text: str) -> str:
    return f'<FONT POINT-SIZE="10">{escape(text)}</FONT>'


def _exec(box: Box) -> str:
    if box.exec_on is None:
        return ""
    text, colour = ("ECS Exec is on", "#c62828") if box.exec_on else ("ECS Exec is off", "#78909c")
    return f'<TR><TD BGCOLOR="{colour}"><FONT POINT-SIZE="10" COLOR="white">{text}</FONT></TD></TR>'


def _is_within(arrow: Arrow, rows: dict[str, str]) -> bool:
    return arrow.source in rows and rows[arrow.source] == rows.get(arrow.target)


def _connect(picture: Digraph, arrow: Arrow, *, within_row: bool) -> None:
    style = _LINES[arrow.line] | ({"constraint": "false"} if within_row else {})
    direction = {"dir": "both"} if arrow.both_ways else {}
    # A label covers the arrow if Graphviz lays them upon each other.
    label = _table([escape(line) for line in arrow.label.splitlines()], background="white") if arrow.label else ""
    picture.edge(_id(arrow.source), _id(arrow.target), label=label, **style, **direction)
