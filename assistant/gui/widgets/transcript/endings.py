"""The words about how an answer ended, and about where a model begins to read."""

from __future__ import annotations

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.rows import Message, MessageState, Role
from assistant.texts import errors, tr


def ending_words(state: MessageState, message: Message | None) -> str:
    """How an answer ended, in a sentence or two; empty if there is nothing to say."""
    match state:
        case MessageState.COMPLETE if message is not None and message.role is Role.ASSISTANT and _says_nothing(message):
            return tr("The model ended its answer without a word")
        case MessageState.STOPPED:
            return tr("Stopped")
        case MessageState.CUT:
            return tr("Cut off at the length limit")
        case MessageState.LOOPED:
            return tr("Stopped because it repeated itself")
        case MessageState.INTERRUPTED:
            return tr("Interrupted when the program ended")
        case MessageState.FAILED:
            known = message is not None and message.error in set(ErrorKind)
            kind = ErrorKind(message.error) if known and message is not None else ErrorKind.INTERNAL
            if kind is ErrorKind.NO_MODEL:
                return tr("There was no model to answer")  # by now there may be one
            return errors.sentence(AssistantError(kind, message.error_detail if message is not None else ""))
    return ""


def _says_nothing(message: Message) -> bool:
    return not message.text or message.text.isspace()


def cut_words() -> str:
    """What stands on the line below messages that a model no longer gets."""
    return tr("Older messages above this line are no longer read by the model")
