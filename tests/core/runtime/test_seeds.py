"""Randomness with a name: the same name, the same numbers, whatever came before."""

import hashlib
import json

import torch

from dbs_core.runtime.seeds import generator_for, seeded


def draw(*names):
    return torch.rand(4, generator=generator_for(*names)).tolist()


def test_same_seed_and_names_give_the_same_numbers():
    assert draw(3, "imprint", "v1") == draw(3, "imprint", "v1")


def test_every_seed_and_name_has_numbers_of_its_own():
    drawn = [
        draw(3, "imprint", "v1"),
        draw(4, "imprint", "v1"),
        draw(3, "imprint", "v2"),
        draw(3, "imprintv1"),
        draw(3, "imprint", "v1", ""),
    ]
    assert len({tuple(numbers) for numbers in drawn}) == len(drawn)


def test_does_not_depend_on_the_process():
    """Python's own hash would: it is salted. SHA-256 of the names as JSON is not."""
    digest = hashlib.sha256(json.dumps([3, "imprint", "v1"]).encode()).hexdigest()
    wanted = torch.Generator().manual_seed(int(digest[:15], 16))
    assert draw(3, "imprint", "v1") == torch.rand(4, generator=wanted).tolist()


def test_global_state_is_put_back():
    torch.manual_seed(11)
    wanted = torch.rand(3).tolist()
    torch.manual_seed(11)
    with seeded(generator_for(1)):
        inside = torch.rand(3).tolist()
    assert torch.rand(3).tolist() == wanted
    with seeded(generator_for(1)):
        assert torch.rand(3).tolist() == inside


def test_two_uses_of_one_generator_differ():
    generator = generator_for(1)
    with seeded(generator):
        first = torch.rand(3).tolist()
    with seeded(generator):
        assert torch.rand(3).tolist() != first
