"""The first minute: fields are checked while typing and tried before they are saved."""

import asyncio

import pytest

from console.shell.first_run import Connect, Demo, FirstRun, try_address, url_problem


@pytest.fixture
def page(qtbot) -> FirstRun:
    made = FirstRun()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("value", ["", "broker", "http://host", "mqtt://", "mqtt://host:port"])
def test_an_address_that_cannot_be_one_is_told_with_an_example(value: str):
    assert "mqtt://host:1883" in url_problem(value, ("mqtt", "mqtts"), "mqtt://host:1883", may_be_empty=False)


def test_an_empty_database_means_a_file_and_is_no_problem():
    assert url_problem("", ("postgresql",), "postgresql://user@host/name", may_be_empty=True) == ""


def test_nothing_can_be_saved_while_a_field_is_wrong(page: FirstRun):
    page.form.set_values({"mqtt.url": "nonsense"})
    assert not page._save.isEnabled()
    page.form.set_values({"mqtt.url": "mqtt://127.0.0.1:1883"})
    assert page._save.isEnabled()


@pytest.mark.asyncio
async def test_a_server_that_answers_is_found_and_one_that_does_not_is_told_why():
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await try_address(f"mqtt://127.0.0.1:{port}") == ""
    server.close()
    await server.wait_closed()
    assert "does not answer on port" in await try_address(f"mqtt://127.0.0.1:{port}")


@pytest.mark.asyncio
async def test_choosing_the_demo_answers_the_question(page: FirstRun):
    asked = asyncio.ensure_future(page.choice())  # noqa: TID251  (the test is its owner)
    await asyncio.sleep(0)
    page._choose(Demo())
    assert await asked == Demo()


@pytest.mark.asyncio
async def test_a_broker_that_does_not_answer_is_saved_only_with_a_second_click(page: FirstRun):
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    page.form.set_values({"mqtt.url": f"mqtt://127.0.0.1:{port}"})
    asked = asyncio.ensure_future(page.choice())  # noqa: TID251  (the test is its owner)
    await asyncio.sleep(0)
    await page.save()
    assert not asked.done()
    assert page._save.text() == "Save and start all the same"
    await page.save()
    assert isinstance(await asked, Connect)
