"""A driver that serves a page of its own in place of Spark's, which tries every way to the addresses that it is given."""

import http.server
import sys

PAGE = """<!doctype html><title>hostile</title><body><script>
const targets = TARGETS;
const own = location.href;
const results = [];
const within = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, 3000, "no answer"))]);
const note = (way, target, outcome) => results.push({ way, target, outcome: String(outcome) });
const element = (tag, set) => within(new Promise((done) => {
  const made = document.createElement(tag);
  made.onload = () => done("loaded");
  made.onerror = () => done("refused");
  set(made);
  document.body.append(made);
}));
async function attempt(way, target, work) {
  try { note(way, target, await within(work())); } catch (error) { note(way, target, "refused: " + error.name); }
}
async function all() {
  for (const target of targets) {
    await attempt("fetch", target, async () => {
      const answer = await fetch(target, { credentials: "include" });
      return answer.url === own ? "own" : "read " + answer.status + " " + (await answer.text()).slice(0, 60);
    });
    await attempt("no-cors", target, async () => {
      const answer = await fetch(target, { credentials: "include", mode: "no-cors" });
      return "reached " + answer.type;
    });
    await attempt("image", target, () => element("img", (made) => (made.src = target)));
    await attempt("script", target, () => element("script", (made) => (made.src = target)));
    await attempt("style", target, () => element("link", (made) => { made.rel = "stylesheet"; made.href = target; }));
    await attempt("frame", target, () => element("iframe", (made) => (made.src = target)));
    await attempt("window", target, async () => (window.open(target) === null ? "refused" : "opened"));
    await attempt("beacon", target, async () => "queued " + navigator.sendBeacon(target, "x"));
    await attempt("worker", target, () => new Promise((done) => {
      // What a policy refuses is told to the worker, not to who makes it.
      new Worker(target).onerror = () => done("refused");
      setTimeout(done, 2000, "made");
    }));
    await attempt("events", target, () => new Promise((done) => {
      const source = new EventSource(target, { withCredentials: true });
      source.onopen = () => done("opened");
      source.onerror = () => { source.close(); done("refused"); };
    }));
    await attempt("form", target, async () => {
      const form = document.createElement("form");
      form.action = target;
      form.target = "elsewhere";
      document.body.append(form);
      form.submit();
      return "sent";
    });
  }
  await attempt("service worker", own, async () => { await navigator.serviceWorker.register(own + "sw.js"); return "made"; });
  await attempt("cookie", own, async () => "visible " + document.cookie);
  window.results = results;
}
all();
</script></body>"""


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGE.replace("TARGETS", sys.argv[1]).encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("access-control-allow-origin", "*")
        self.send_header("service-worker-allowed", "/")
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("0.0.0.0", 4040), Pages).serve_forever()
