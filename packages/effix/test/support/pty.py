"""Runs a command on a terminal of its own and plays a user: waits for texts, types, resizes, sends signals.

Reads a JSON object from standard input: {"argv": [...], "steps": [{"expect"?, "send"?, "size"?, "signal"?, "stopped"?, "settings"?, "hangup"?}, ...]}.
Writes one: {"output", "code", "signal", "restored"}.
"""
import fcntl, json, os, select, struct, subprocess, sys, termios, time

asked = json.load(sys.stdin)
master, slave = os.openpty()


def resize(rows, columns):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


resize(24, 80)
before = termios.tcgetattr(slave)


def own_session():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


child = subprocess.Popen(asked["argv"], stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_session)
output = ""
seen = 0
deadline = time.monotonic() + 40


def read_some(seconds):
    global output
    if select.select([master], [], [], seconds)[0]:
        output += os.read(master, 65536).decode("utf-8", "replace")
        return True
    return False


for step in asked["steps"]:
    if "expect" in step:
        while step["expect"] not in output[seen:]:
            if time.monotonic() > deadline or (child.poll() is not None and not read_some(0.2)):
                json.dump({"output": output, "missing": step["expect"], "code": child.poll()}, sys.stdout)
                child.kill()
                sys.exit(0)
            read_some(0.1)
        seen += output[seen:].index(step["expect"]) + len(step["expect"])
    if "stopped" in step:
        while open(f"/proc/{child.pid}/stat").read().rsplit(")")[1].split()[0] != "T" and time.monotonic() < deadline:
            read_some(0.02)
    if "settings" in step:
        # As they were at first, or not.
        while (termios.tcgetattr(slave) == before) != (step["settings"] == "first") and time.monotonic() < deadline:
            read_some(0.02)
    if "size" in step:
        resize(*step["size"])
        os.killpg(child.pid, 28)
        # Nothing tells when the program has taken notice.
        until = time.monotonic() + 1
        while time.monotonic() < until:
            read_some(0.1)
    if "send" in step:
        os.write(master, step["send"].encode())
    if "hangup" in step:
        os.close(master)
        os.close(slave)
        code = child.wait(60)
        json.dump({"output": output, "code": code, "signal": None, "restored": True, "hung": False}, sys.stdout)
        sys.exit(0)
    if "signal" in step:
        os.kill(child.pid, step["signal"])
while child.poll() is None and time.monotonic() < deadline:
    read_some(0.1)
hung = child.poll() is None
if hung:
    child.kill()
    child.wait()
# Who puts the terminal back after a crash is another program.
patience = time.monotonic() + 10
while termios.tcgetattr(slave) != before and time.monotonic() < patience:
    read_some(0.02)
while read_some(0.1):
    pass
after = termios.tcgetattr(slave)
status = child.returncode
json.dump({
    "output": output,
    "code": status if status >= 0 else None,
    "signal": -status if status < 0 else None,
    "restored": before == after,
    "hung": hung,
}, sys.stdout)
