"""The civil registry, asked as FranceConnect asks INSEE: a question, one of nine answers (inside-the-hub §9)."""

from fcsim_hub.domain.identity import ProviderIdentity
from fcsim_hub.domain.matching import match
from fcsim_hub.domain.registry import Answer, RegistryQuestion, candidate_keys
from fcsim_hub.storage.connection import Connection
from fcsim_hub.storage.registry import find_candidates


def ask_registry(connection: Connection, world: str, identity: ProviderIdentity) -> Answer:
    """What the registry answers about this identity."""
    return answer_question(connection, world, RegistryQuestion.about(identity))


def answer_question(connection: Connection, world: str, question: RegistryQuestion) -> Answer:
    """What the registry answers to a question."""
    return match(question, find_candidates(connection, world, candidate_keys(question)))
