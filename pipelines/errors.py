"""What can go wrong in the pipelines, and the exit code that each kind ends the command line with.

PipelineError            2  usage or configuration
├── FeedError            3  a source is unreadable
└── StoreError           5  the store is busy or damaged
    └── NoStoreError     2  the folder given is no store
"""

from typing import ClassVar


class PipelineError(Exception):
    """Base of every error the pipelines raise on purpose; the message says what, where and what to do."""

    exit_code: ClassVar[int] = 2


class FeedError(PipelineError):
    """A source cannot be read."""

    exit_code: ClassVar[int] = 3


class StoreError(PipelineError):
    """The store is busy, damaged or of another version."""

    exit_code: ClassVar[int] = 5


class NoStoreError(StoreError):
    """The folder is not a store; a usage error, since the store itself may be well elsewhere."""

    exit_code: ClassVar[int] = 2
