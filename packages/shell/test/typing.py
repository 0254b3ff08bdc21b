"""Types into the host's bash on a pseudo-terminal, and tells what it writes after each text: JSON in, JSON out."""
import base64, fcntl, glob, json, os, pty, select, struct, sys, termios

asked = json.load(sys.stdin)
pid, fd = pty.fork()
if pid == 0:
    os.execve("/bin/bash", ["bash", "--norc", "-i"], asked["env"])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", asked["rows"], asked["columns"], 0, 0))


def busy():
    """Whether the shell, or what it has started, computes."""
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                state, _, _, session = file.read().rsplit(")", 1)[1].split()[:4]
        except OSError:
            continue
        if session == str(pid) and state in "RD":
            return True
    return False


def quiet(seconds):
    """All that is written until nothing has been for a while, and nothing is about to be."""
    written = b""
    while True:
        if not select.select([fd], [], [], seconds)[0]:
            if busy():
                continue
            break
        try:
            block = os.read(fd, 65536)
        except OSError:
            break
        if not block:
            break
        written += block
    return written


answers = [quiet(0.5)]
for text in asked["keys"]:
    os.write(fd, text.encode())
    answers.append(quiet(asked.get("pause", 0.2)))
os.kill(pid, 9)
os.close(fd)
os.waitpid(pid, 0)
json.dump([base64.b64encode(answer).decode() for answer in answers], sys.stdout)
