"""The LLM judge: one call for both parts of a reply and all codes; a passage counts only if it stands in the reply.

Personal data stay here: the model sees marks, and its quotes get the data back before they are sought.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from drafter.asking import asked, told_as
from drafter.domain.case import ReplyToCheck
from drafter.domain.draft import Attempt
from drafter.domain.errors import JudgeFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement
from drafter.judge.answers import JudgedCodes, JudgedPassage, judged_of
from drafter.judge.question import Question
from drafter.llm.model import Answered, ChatModel
from drafter.settings import Send
from guardrails.catalogue import CATALOGUE
from guardrails.kinds import Check
from guardrails.policies import policy_for
from prompts.prompt import Prompt

PROMPT = "judge_codes"
ALONE_SECONDS = 30.0  # for a try that nobody has set a time for
LONGEST_REASON = 300  # characters that are shown
UNJUDGED = "its words do not say what it finds and what it clears."
INVENTED = "None of its quotes stands in the reply."
#: Codes that facts may excuse: of a judge who was shown none, though there are some, a finding is a doubt.
_BY_FACTS = frozenset({"unverified_commitment", "unsupported_claim", "liability"})


class LlmJudge:
    """Judges by one model."""

    def __init__(self, model: ChatModel, prompt: Prompt, *, send: Send = "case") -> None:
        self.name = model.name
        self._model = model
        self._prompt = prompt
        self._send: Send = send

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        """Return the judgement with the try that gave it, `failed` where it rests on words that nobody wrote.

        Raises:
            JudgeFailed: and nothing else; `again` is true where the answer was at fault.
        """
        seconds = brief.seconds if brief.seconds is not None else ALONE_SECONDS
        with told_as(JudgeFailed, self.name, "judge.broke"):
            question = Question(self._prompt, reply, self._send)
            prompt = question.rendered(brief, self._model.mode)
            answered = await asked(self._model, prompt, JudgedCodes, judged_of, lacking=UNJUDGED, seconds=seconds)
            return self._judgement(reply, question, answered, brief)

    def _as_far_as_seen(self, reply: ReplyToCheck, judged: JudgedCodes) -> JudgedCodes:
        """Return what was judged, less sure where facts that were not shown may say otherwise."""
        if self._send == "case" or not reply.case.facts:
            return judged
        found = [one.model_copy(update={"sure": one.sure and one.code not in _BY_FACTS}) for one in judged.findings]
        return judged.model_copy(update={"findings": found})

    def _judgement(
        self,
        reply: ReplyToCheck,
        question: Question,
        answered: Answered[JudgedCodes],
        brief: JudgingBrief,
    ) -> TracedJudgement:
        judged = self._as_far_as_seen(reply, answered.answer)
        found = [(one, self._finding(reply, question, one)) for one in judged.findings]
        invented = bool(found) and not any(finding for _, finding in found)
        sure = tuple(finding for one, finding in found if finding and one.sure)
        named = {one.code for one in judged.findings}  # one whose quote is wrong may be right all the same
        return TracedJudgement(
            model=answered.model,
            prompt_hash=self._prompt.hash,
            findings=sure,
            doubts=tuple(finding for one, finding in found if finding and not one.sure),
            cleared=tuple(dict.fromkeys(code for code in judged.cleared if code not in named)),
            tried=Attempt(
                writer=JUDGE,
                model=answered.model,
                number=brief.attempt,
                outcome="failed" if invented else "blocked" if sure else "passed",
                reason=f"{answered.model}: {INVENTED}" if invented else None,
                codes=tuple(sorted({finding.code for finding in sure})),
                usage=answered.usage,
                latency_ms=answered.latency_ms,
            ),
        )

    def _finding(self, reply: ReplyToCheck, question: Question, one: JudgedPassage) -> Finding | None:
        """Return a passage as a finding; None where it does not stand in the reply."""
        place = question.located(one.quote, Part(one.part))
        if place is None:
            return None
        part, span = place
        review, check = reply.case.review, _checks()[one.code]
        reason = question.told(one.reason)[:LONGEST_REASON] or check.message
        sure = "sure" if one.sure else "unsure"
        told = {"reason": reason} if one.sure else {"reason": reason, "code": one.code}
        return Finding(
            code=one.code,
            check=__name__,
            severity=Severity.BLOCK,
            part=part,
            start=span.start,
            end=span.end,
            message=self._prompt.phrase("finding", sure, **told),
            suggestion=check.suggestion,
            policy=policy_for(review.platform, review.region or reply.case.shop.region).behind(one.code),
            layer="judge",
        )


@cache
def _checks() -> Mapping[str, Check]:
    """Return the checks by their codes, for the words in which a person is told how to mend a reply."""
    return {check.code: check for check in CATALOGUE}
