"""Which image a file of labels means where the file's own name tells: instances_train2017.json, train2017/x.jpg."""

from __future__ import annotations

import contextlib
import re
from pathlib import PurePosixPath

from loader.labels import LabelError, Tree


def file_name_of(tree: Tree, label_path: str, file_name: str) -> str:
    """The path of the image in a directory that the name of the label file tells, the nearest such directory.

    `file_name` itself where there is none, or where one image alone is called so.
    """
    try:
        file_name.encode()
    except UnicodeEncodeError:
        return file_name  # refused as JSON that a database can not keep
    with contextlib.suppress(LabelError):
        tree.find_image(file_name)
        return file_name
    label = PurePosixPath(label_path)
    words = [word for word in re.split(r"[\W_]+", label.stem) if word]
    bare = [word.rstrip("0123456789") for word in words]
    for word in dict.fromkeys([*words, *filter(None, bare)]):
        for above in label.parents:
            with contextlib.suppress(LabelError):
                return tree.find_image(str(above / word / file_name.replace("\\", "/")))
    return file_name
