"""Asking a model, whoever asks: in whatever mode it has, its failures told as those of who asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from drafter.domain.errors import JudgeFailed, ModelFailed, ReaderFailed, TranslatorFailed, WriterFailed
from drafter.llm.model import Answered, ChatModel
from drafter.logs import fault
from prompts.library import PromptError
from prompts.prompt import Rendered

log = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=BaseModel)


async def asked(
    model: ChatModel,
    prompt: Rendered,
    form: type[Answer],
    read: Callable[[str], Answer | None],
    *,
    lacking: str,
    seconds: float,
) -> Answered[Answer]:
    """Return a model's answer in the mode that it is asked in.

    Args:
        model: that is asked.
        prompt: that it is shown.
        form: of its answer, where its mode has one.
        read: finds the answer in plain words; None where they hold none.
        lacking: what is told then.
        seconds: for all tries together.

    Raises:
        ModelFailed: no usable answer; `again` is true where the answer was at fault.
    """
    if model.mode != "text":
        return await model.ask(prompt.system, prompt.user, form, seconds=seconds)
    said = await model.ask_text(prompt.system, prompt.user, seconds=seconds)
    answer = read(said.answer)
    if answer is None:
        raise ModelFailed(f"{model.name}: {lacking}", model=model.name, usage=said.usage, again=True)
    return replace(cast("Answered[Any]", said), answer=answer)


@contextmanager
def told_as(
    failed: type[ReaderFailed | WriterFailed | JudgeFailed | TranslatorFailed], model: str, event: str
) -> Iterator[None]:
    """Tell whatever breaks inside as one kind of failure.

    Args:
        failed: the kind.
        model: that is asked inside.
        event: that is logged for a fault of ours.
    """
    try:
        yield
    except failed:
        raise
    except PromptError as error:
        raise failed(str(error)) from error
    except ModelFailed as failure:
        raise failed(
            str(failure), model=failure.model, usage=failure.usage, again=failure.again, codes=failure.codes
        ) from failure
    except Exception as error:  # noqa: BLE001  # whatever broke, somebody else takes over
        log.error(event, extra={"model": model, **fault(error)})  # noqa: TRY400  # its message may hold customer text
        raise failed(f"a fault in Drafter ({type(error).__name__})", model=model) from None
