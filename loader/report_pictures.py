"""Pictures within the report: the file itself holds them, and a click or Enter shows one large."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from loader.report_words import Words
from loader.stored_file import stored_file
from loader.terminal import shown_html
from loader.thumbnail import thumbnail

# The longer side of a picture in pixels: small on the page, and as large as this when it is opened.
_LARGE = 480


@dataclass(slots=True)
class Album:
    """The pictures of one report and how their files are called; it counts those that are not to be had.

    `only_source`: where all pictures are of one source its name need not stand with each.
    """

    words: Words
    only_source: str | None = None
    _moved: int = field(default=0, init=False)
    _unknown: int = field(default=0, init=False)

    def file(self, source: str | None, path: str | None) -> str:
        """The name of a picture's file."""
        if not source or not path:
            return self.words("put in by no load")
        return path if source == self.only_source else f"{source}/{path}"

    def figure(self, root: str | None, image_path: str | None, alt: str, caption: str, kind: str = "") -> str:
        """A picture by its file with a caption, which is HTML."""
        file = stored_file(root, image_path) if root and image_path else None
        jpeg = thumbnail(file, _LARGE) if file else None
        if jpeg is not None:
            source = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
            content = f"<details name='large'><summary><img src='{source}' alt='{shown_html(alt)}'></summary></details>"
        elif image_path:
            self._moved += 1
            content = f"<div class='none'>{self.words('picture not found')}</div>"
        else:
            self._unknown += 1
            content = f"<div class='none'>{self.words('no file is known')}</div>"
        return f"<figure class='{kind}'>{content}<figcaption>{caption}</figcaption></figure>"

    def missing(self) -> str:
        """Why pictures are missing and what to do, as HTML; empty where none is."""
        notes = []
        if self._moved:
            text = self.words(
                "{count} pictures are not where they were loaded from, or can not be read. Load them from where they "
                "are now, and write the report again:"
            ).format(count=self._moved)
            notes.append(f"{shown_html(text)} <code>python -m loader ROOT</code>")
        if self._unknown:
            text = self.words("{count} pictures were put in by no load: which files they are is not known.")
            notes.append(shown_html(text.format(count=self._unknown)))
        return "".join(f"<p class='note'>{note}</p>" for note in notes)
