"""A small internet on the loopback address: `with internet() as web` answers for the real addresses of the real content."""

from tests.internet.answers import Answer, Ask, Situation
from tests.internet.proxy import Asked, Internet, internet
from tests.internet.situations import DAYS, SITUATIONS, TRUTHS

__all__ = ["DAYS", "SITUATIONS", "TRUTHS", "Answer", "Ask", "Asked", "Internet", "Situation", "internet"]
