"""ZIP and TAR files read in place: what they hold, and the bytes of each member."""

from __future__ import annotations

from loader.archives.store import LARGEST_MEMBER, Archives, Contents

__all__ = ["LARGEST_MEMBER", "Archives", "Contents"]
