"""Killed between sending a reply and recording it: the same delivery id again, and never a second reply."""

from __future__ import annotations

from evals.storm.poller import delivery
from evals.storm.scene import Scene, until


def approved(scene: Scene) -> None:
    until(lambda: scene.approve_all() == 1)


def test_a_webhook_that_was_sent_and_not_recorded_comes_again_under_the_same_id(scene: Scene) -> None:
    scene.receive()
    scene.receiver.hold()
    dead = scene.start("dead")
    approved(scene)
    until(lambda: len(scene.receiver.received) == 1)
    scene.kill(dead)
    assert [confirmed for _, _, confirmed in scene.replies()] == [False]

    scene.receiver.go_on()
    scene.start("heir")
    until(lambda: [confirmed for _, _, confirmed in scene.replies()] == [True])
    until(lambda: scene.unfinished() == 0)
    ((_, delivery_id, _),) = scene.replies()
    assert set(scene.receiver.received) == {delivery_id}
    assert len(scene.receiver.received) > 1
    assert scene.receiver.needless == []


def test_a_poll_whose_answer_never_came_gives_the_same_delivery_again_until_it_is_confirmed(scene: Scene) -> None:
    scene.open_shop(webhook=False)
    scene.receive()
    worker = scene.start("worker")
    approved(scene)
    until(scene.has_ready_reply)
    scene.kill(worker)

    dead, polled = scene.start_poller()
    until(polled.exists)
    dead.kill()
    dead.join()
    assert polled.read_text() == "1"
    ((_, delivery_id, _),) = scene.replies()
    tool = delivery(scene.database)
    for _ in range(2):
        assert [out.reply.delivery_id for out in tool.poll("default")] == [delivery_id]
    tool.acknowledge(delivery_id, "default")
    assert tool.poll("default") == []
    assert [(sent, confirmed) for _, sent, confirmed in scene.replies()] == [(delivery_id, True)]
