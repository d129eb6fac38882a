"""Requests that mean something else than what is tested here are changed before they are sent."""

import re
import uuid

import schemathesis

PATIENT_MS = 60_000
TIMEOUT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?(ms|s)?", re.ASCII)


@schemathesis.hook
def before_call(context, case, kwargs):
    be_patient(case)
    ask_anew(case)
    want_no_audience(case)


def be_patient(case):
    """A client that waits for less than the server takes gets 504, as it wants."""
    body = case.body
    if isinstance(body, dict):
        timeout = body.get("timeout_ms")
        if type(timeout) in (int, float) and 0 < timeout < PATIENT_MS:
            body["timeout_ms"] = PATIENT_MS
    headers = case.headers or {}
    if TIMEOUT.fullmatch(str(headers.get("X-Request-Timeout", ""))) and re.search("[1-9]", headers["X-Request-Timeout"]):
        headers["X-Request-Timeout"] = "60"


def ask_anew(case):
    """A key that was given to another request before is refused, as it should be."""
    headers = case.headers or {}
    key = headers.get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key.strip()) <= 200:
        headers["Idempotency-Key"] = str(uuid.uuid4())


def want_no_audience(case):
    """An update that is to score live requests first waits for them, and none come while it is waited for."""
    body = case.body
    shadow = body.get("shadow") if isinstance(body, dict) else None
    if not isinstance(shadow, dict) or set(shadow) != {"percent", "requests"}:
        return
    percent, requests = shadow["percent"], shadow["requests"]
    if all(type(value) in (int, float) for value in (percent, requests)) and 0.001 <= percent <= 100 and 1 <= requests <= 10_000:
        body["shadow"] = None
