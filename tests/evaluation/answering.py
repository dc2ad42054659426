"""A process for test_run that is killed in the middle of an evaluation."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from byheart.chat.records import Message
from byheart.evaluation.run import ReplyCache, answer
from byheart.models.scripted import ScriptedModel
from tests.evaluation.scripts import case

CASES = [case(i) for i in range(120)]


def main(home: Path, last: int) -> None:
    asked = 0

    def script(messages: Sequence[Message]) -> str:
        nonlocal asked
        asked += 1
        if asked == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return f"The half marathon, {messages[-1].content}"

    answer(ScriptedModel(script), CASES, ReplyCache(home, "killed"), lambda done, total: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
