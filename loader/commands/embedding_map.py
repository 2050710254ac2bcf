"""map: the stored images in two dimensions, for the page that shows them."""

from __future__ import annotations

import argparse

from loader.commands.options import Commands, add_command
from loader.commands.session import session
from loader.statuses import OK
from loader.terminal import say


def add(commands: Commands) -> None:
    """Add map to the parser."""
    add_command(
        commands,
        "map",
        help="place the stored pictures in two dimensions, for the page Map of `serve`",
        example="map",
        run=_map,
        kept="no map was made; one that was there stays",
    )


def _map(options: argparse.Namespace) -> int:
    from loader.report_answer import share

    with session(options) as images:
        state = images.make_map()
        options.kept = "the map is stored"
    say(
        f"{int(state['points'])} pictures are on the map; its axes explain {share(state['share_x'])} and "
        f"{share(state['share_y'])} of the variance"
    )
    say("look at it: python -m loader serve, and then Map")
    return OK
