"""Whatever a provider proves to be its own is taken, or refused as malformed: it is never our fault.

Each example is a recorded payload with one of its fields replaced by anything.
"""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bot.conftest import ON_SQLITE, Service, signature

FAST = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PAYLOADS = Path(__file__).parents[1] / "payloads"
STATUS = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "21610"}


def recorded(channel: str) -> list[Any]:
    """The payloads of a channel that are not refused, and not so large that they slow this down."""
    found = [json.loads(path.read_bytes()) for path in sorted((PAYLOADS / channel).glob("*.json"))]
    kept = [one for one in found if "refusal" not in (one["expected"] or {})]
    bodies = [one.get("form") or one["body"] for one in kept]
    return [body for body in bodies if len(json.dumps(body)) < 4000]


words = st.text(max_size=30) | st.sampled_from(["\0", "9" * 5000, "x" * 300, "-1", "NaN", "é"])
leaves = st.none() | st.booleans() | st.integers() | st.just(10**60) | st.floats() | words
anything = leaves | st.lists(leaves, max_size=2) | st.dictionaries(words, leaves, max_size=2)


@st.composite
def forms(draw: st.DrawFn, known: list[dict[str, str]]) -> dict[str, str]:
    form = dict(draw(st.sampled_from(known)))
    form[draw(st.sampled_from(sorted(form)))] = draw(words)
    return form


@st.composite
def updates(draw: st.DrawFn) -> Any:
    update = copy.deepcopy(draw(st.sampled_from(recorded("telegram"))))
    place: Any = update
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
            place[key] = draw(anything)
            return update
        place = inner


@FAST
@given(form=forms(recorded("sms")))
def test_any_form_that_twilio_signs(service: Service, form: dict[str, str]) -> None:
    assert service.signed("/webhooks/twilio", form) in (200, 400)


@FAST
@given(form=forms([STATUS]), number=words)
def test_any_status_that_twilio_signs(service: Service, form: dict[str, str], number: str) -> None:
    path, query = "/webhooks/twilio/status", {"message": number}
    answer = service.client.post(path, data=form, query_string=query)
    assert answer.status_code == 403
    headers = signature(f"{path}?{answer.request.query_string.decode()}", form)
    answer = service.client.post(path, data=form, query_string=query, headers=headers)
    assert answer.status_code in (204, 400)


@FAST
@given(update=updates())
def test_any_update_with_the_secret(service: Service, update: Any) -> None:
    assert service.update(update) in (200, 400)


@ON_SQLITE
@FAST
@given(body=st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_with_the_secret(service: Service, body: bytes) -> None:
    assert service.update(body) in (200, 400)
