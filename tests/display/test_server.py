import asyncio
import socket

import httpx
import msgspec
import pytest

from jointwatch.display.feed import Feed
from jointwatch.display.server import PortInUse, create_app, serve_in_thread
from jointwatch.messages.picture import Event, RunView, Snapshot
from tests import ports


def ask(app, path, *, method="GET", **headers):
    async def once():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(once())


@pytest.fixture
def app(feed):
    return create_app(feed)


def test_the_run_comes_back_as_it_was_put_in(app, recorded):
    answer = ask(app, "/api/run")
    assert answer.headers["content-type"] == "application/json"
    assert msgspec.json.decode(answer.content, type=RunView) == recorded.RUN


def test_snapshots_and_events_come_after_the_number_given(app, feed):
    class Snapshots(msgspec.Struct):
        run: str
        snapshots: tuple[Snapshot, ...]

    class Events(msgspec.Struct):
        run: str
        events: tuple[Event, ...]

    page = msgspec.json.decode(ask(app, "/api/snapshots?after=99&limit=3").content, type=Snapshots)
    assert page.snapshots == feed.history(99, 3)
    assert [snapshot.seq for snapshot in page.snapshots] == [100, 101, 102]
    assert msgspec.json.decode(ask(app, "/api/events?after=9").content, type=Events).events == feed.events(9)


@pytest.mark.parametrize("query", ["after=x", "after=-2", "limit=0", "limit=100000"])
def test_a_wrong_question_is_refused(app, query):
    assert ask(app, f"/api/snapshots?{query}").status_code == 422


def test_before_the_first_run_the_page_waits():
    app = create_app(Feed())
    assert ask(app, "/api/run").json() is None
    assert ask(app, "/api/snapshots").json() == {"run": None, "snapshots": []}
    assert "No run has begun yet" in ask(app, "/plain").text


def test_volumes_come_from_the_feed(app, feed):
    answer = ask(app, "/api/volume/gabala.glb")
    assert (answer.content, answer.headers["content-type"]) == (feed.volume("gabala"), "model/gltf-binary")
    assert ask(app, "/api/volume/pechora.glb").status_code == 404


def test_statement_and_report_come_at_the_end(app, feed, tmp_path):
    assert ask(app, "/api/statement").status_code == ask(app, "/report").status_code == 404
    assert "at the end of the run" in ask(app, "/report").text
    report = tmp_path / "report.html"
    report.write_text("<p>what happened")
    feed.finish(report, b'{"payloadType": "x"}')
    assert ask(app, "/api/statement").json() == {"payloadType": "x"}
    answer = ask(app, "/report")
    assert answer.text == "<p>what happened"
    assert "default-src 'none'" in answer.headers["content-security-policy"], "a report runs nothing"


def test_health_says_what_is_on_show(app):
    answer = ask(app, "/health").json()
    assert answer == {"status": "ok", "run": "sejil-2009-as-proposed-0001", "finished": False, "newest": 180}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "127.0.0.1:x"])
def test_a_name_that_is_not_this_machine_is_refused(app, host):
    answer = ask(app, "/api/run", Host=host)
    assert answer.status_code == 403
    assert "served to 127.0.0.1" in answer.text
    assert "centres" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_this_machine_by_any_of_its_names_is_served(app, host):
    assert ask(app, "/api/run", Host=host).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_a_page_of_another_origin_is_refused(app, origin):
    answer = ask(app, "/api/run", Origin=origin)
    assert answer.status_code == 403
    assert "its own origin" in answer.text


def test_the_page_itself_may_ask(app):
    assert ask(app, "/api/run", Origin="http://127.0.0.1:8000").status_code == 200


@pytest.mark.parametrize("path", ["/", "/plain", "/api/run", "/api/snapshots", "/nowhere"])
def test_nothing_from_elsewhere_may_be_loaded(app, path):
    headers = ask(app, path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert not any(word in policy for word in ("http:", "https:", "*", "'unsafe-eval'"))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(app, method):
    routes = [
        "/",
        "/plain",
        "/health",
        "/report",
        *(f"/api/{name}" for name in ("run", "snapshots", "events", "statement")),
    ]
    assert {ask(app, path, method=method).status_code for path in routes} == {405}


def test_no_page_of_documentation_fetches_scripts_from_elsewhere(app):
    assert ask(app, "/docs").status_code == ask(app, "/redoc").status_code == 404


def test_without_the_built_page_the_plain_one_says_so(feed, tmp_path):
    answer = ask(create_app(feed, static=tmp_path / "absent"), "/")
    assert answer.status_code == 200
    assert "The 3-D view is not built" in answer.text
    assert "npm run build" in answer.text
    assert "Gabala (Daryal)" in answer.text


def test_without_the_built_page_nothing_is_shown_to_who_has_not_signed_in(feed, tmp_path, recorded):
    answer = ask(create_app(feed, static=tmp_path / "none", sign_in=True), "/")
    assert (answer.status_code, "npm run build" in answer.text) == (503, True)
    assert recorded.RUN.title not in answer.text


def test_the_banner_stands_in_the_bytes_of_the_built_page(feed, tmp_path):
    (tmp_path / "index.html").write_text("<title>{{title}}</title><p>{{banner}}</p>")
    feed.begin(msgspec.structs.replace(feed.run, banner="<b>", title="a & b"))
    text = ask(create_app(feed, static=tmp_path), "/").text
    assert text == "<title>a &amp; b</title><p>EXERCISE · &lt;b&gt; · COUNTERFACTUAL: as proposed</p>"


def test_a_port_in_use_says_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"port {port} on 127\.0\.0\.1 is in use.*--port"):
            serve_in_thread(create_app(Feed()), port)


def test_a_served_page_answers_and_its_port_is_free_again_after_stop(app):
    served = serve_in_thread(app, ports.free())
    assert httpx.get(f"{served.url}health", timeout=60).json()["status"] == "ok"
    served.stop()
    with socket.create_server(("127.0.0.1", served.port)):
        pass
