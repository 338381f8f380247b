"""Proofs over HTTP with the real Lean: found, kept, told, and survived."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import unittest
from pathlib import Path

import server
from small_models import write_alphabet_model

LEAN = Path(os.environ.get("LEAN_UNDER_TEST", Path(server.PROGRAM).parent / "lean"))
SWAP = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n"
UNPROVABLE = "theorem never (p q : Prop) : p → q"


def workers(parent: int) -> list[int]:
    """Processes below the server that run Lean."""
    found, below = [], [parent]
    while below:
        listed = subprocess.run(["pgrep", "-P", str(below.pop())], capture_output=True, text=True)
        children = [int(pid) for pid in listed.stdout.split()]
        below += children
        found += children
    return found


@unittest.skipUnless((LEAN / "bin/lean").exists(), f"there is no Lean in {LEAN}")
class Proofs(server.ServerCase):
    write_model = staticmethod(lambda folder: write_alphabet_model(folder))
    LEAN = str(LEAN)
    OPTIONS = ("--segment-length", "64", "--memory-tokens", "4", "--encoder", "minilm-l6", "--lean-files")

    @classmethod
    def start(cls):
        cls.OPTIONS = (*cls.OPTIONS, "--db", str(cls.folder / "proofs.db"))
        return super().start()

    def prove(self, **request) -> dict:
        reply = self.server.post("/v1/proofs", {"expansions": 1, "candidates": 2, **request})
        self.assertEqual(reply.status, 200, reply.body)
        return reply.json()

    def test_which_lean(self):
        lean = self.server.get("/v1/lean").json()
        self.assertTrue(lean["available"])
        self.assertRegex(lean["version"], r"^4\.\d+")
        self.assertFalse(lean["is_mathlib"])

    def test_a_proof_is_found_kept_and_checked_again_by_the_program(self):
        proof = self.prove(code=SWAP)
        self.assertEqual(proof["outcome"], "proved")
        self.assertEqual(proof["by"], "automation")
        self.assertLessEqual(set(proof["axioms"]), {"propext", "Classical.choice", "Quot.sound"})
        kept = self.server.get(f"/v1/proofs/{proof['proof']}").json()
        self.assertEqual(kept["script"], proof["script"])
        self.assertGreater(len(kept["nodes"]), 1)
        again = subprocess.run(
            [server.PROGRAM, "prove", "--db", self.folder / "proofs.db", "--replay", str(proof["proof"]), "--lean", LEAN],
            capture_output=True,
        )
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_what_is_not_so_is_not_proved(self):
        report = self.prove(statement=UNPROVABLE)
        self.assertEqual(report["outcome"], "exhausted")
        self.assertIn("⊢ p → q", report["best"]["goals"][0])
        resting = self.prove(code=SWAP + "\ntheorem uses (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n", line=5)
        self.assertIn(resting["outcome"], ("proved", "exhausted"))
        self.assertNotIn("sorryAx", resting.get("axioms", []))

    def test_lean_says_where_a_file_is_wrong(self):
        report = self.prove(code="theorem a : nothing := by\n  sorry\n")
        self.assertEqual(report["outcome"], "lean_error")
        self.assertEqual(report["line"], 1)
        goals = self.server.post("/v1/lean/goals", {"code": SWAP.replace("sorry", "constructor"), "line": 2})
        self.assertEqual([goal.splitlines()[-1].split(" ", 1)[1] for goal in goals.json()["goals"]], ["q", "p"])
        found = self.server.post("/v1/lean/check", {"code": "theorem a : 1 = 2 := rfl\n"}).json()["diagnostics"]
        self.assertEqual((found[0]["severity"], found[0]["line"]), ("error", 1))

    def test_events_come_one_by_one(self):
        reply = self.server.post("/v1/proofs", {"code": SWAP, "stream": True})
        lines = [line[6:] for line in reply.body.decode().splitlines() if line.startswith("data: ")]
        types = [json.loads(line)["type"] for line in lines]
        self.assertEqual(types[0], "opened")
        self.assertEqual(types[-2:], ["proof", "end"])

    def test_kimina_and_encode(self):
        check = {"snippets": [{"id": "a", "code": SWAP}, {"id": "b", "code": "#check nothing"}], "timeout": 30}
        results = self.server.post("/api/check", check | {"debug": False, "reuse": True, "infotree": None}).json()["results"]
        self.assertEqual([result["id"] for result in results], ["a", "b"])
        self.assertEqual(results[0]["response"]["messages"][0]["severity"], "warning")
        self.assertEqual(results[1]["response"]["messages"][0]["severity"], "error")
        vector = self.server.post("/encode", {"name": "x", "input": "n : Nat ⊢ n = n"}).json()["outputs"]
        self.assertAlmostEqual(sum(x * x for x in vector), 1, places=4)

    def test_commands_of_strangers_get_nothing(self):
        marker = self.folder / "marker"
        for code in (
            f'open IO in\n#eval FS.writeFile "{marker}" "x"\n' + SWAP,
            f'@[extern "system"] opaque system (s : @& String) : Nat\n#eval system "touch {marker}"\n' + SWAP,
            "axiom cheat : False\ntheorem t : 1 = 2 := by\n  sorry\n",
        ):
            report = self.prove(code=code)
            self.assertNotEqual(report["outcome"], "proved", code)
        self.assertFalse(marker.exists())
        self.assertEqual(self.prove(code=SWAP)["outcome"], "proved")

    def test_a_killed_lean_is_replaced(self):
        self.assertEqual(self.prove(code=SWAP)["outcome"], "proved")
        for pid in workers(self.server.pid):
            os.kill(pid, signal.SIGKILL)
        self.assertTrue(server.eventually(lambda: self.prove(code=SWAP)["outcome"] == "proved"))
        metrics = self.server.metrics()
        self.assertGreater(metrics["rmtlm_lean_starts_total"], 1)
        self.assertGreater(metrics["rmtlm_lean_checks_total"], 1)

    def test_many_at_once_are_answered_or_sent_away(self):
        outcomes = []

        def ask():
            reply = self.server.post("/v1/proofs", {"code": SWAP, "expansions": 1, "candidates": 1})
            outcomes.append(reply.status if reply.status != 200 else reply.json()["outcome"])

        threads = [threading.Thread(target=ask) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(outcomes), 40)
        self.assertLessEqual(set(outcomes), {"proved", 429})
        self.assertGreaterEqual(outcomes.count("proved"), 30)

    def test_who_hangs_up_ends_the_search(self):
        connection = server.http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=server.PATIENCE)
        body = json.dumps({"statement": UNPROVABLE, "stream": True, "expansions": 100, "candidates": 64})
        connection.request("POST", "/v1/proofs", body, {"content-type": "application/json"})
        self.assertEqual(connection.getresponse().read(5), b"data:")
        connection.close()
        self.assertTrue(server.eventually(lambda: not self.server.busy()))
        self.assertTrue(server.eventually(lambda: self.server.metrics()["rmtlm_searches_running"] == 0))


if __name__ == "__main__":
    server.main()
