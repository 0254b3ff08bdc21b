#!/usr/bin/env python3
"""Replays terminal sessions on a pseudo-terminal of this machine's kernel.

Reads [[step, ...], ...] from standard input, writes [[answer, ...], ...]. An argument is the time, in milliseconds,
that each step is given to settle (default 1). The steps are those of recorded.json, and:

    ["rn", n]      non-blocking read of n bytes from the master
    ["pkt", n]     packet mode of the master, on or off
    ["sti", c]     a character, as if it had been typed
    ["outq"] ["break"] ["notty"] ["getsid"]
    ["poll"]       what poll(2) says of master and slave: [events, events]
"""
import errno
import fcntl
import json
import os
import select
import signal
import struct
import sys
import termios
import time

SETTLE = (float(sys.argv[1]) if len(sys.argv) > 1 else 1) / 1000
FLAGS = [
    "IGNBRK BRKINT IGNPAR PARMRK INPCK ISTRIP INLCR IGNCR ICRNL IUCLC IXON IXANY IXOFF IMAXBEL IUTF8",
    "OPOST OLCUC ONLCR OCRNL ONOCR ONLRET XTABS",
    "",
    "ISIG ICANON ECHO ECHOE ECHOK ECHONL NOFLSH TOSTOP ECHOCTL ECHOPRT ECHOKE IEXTEN FLUSHO PENDIN",
]
VALUES = {"IUTF8": 0o40000, "IUCLC": 0o1000, "OLCUC": 0o2, "XTABS": 0o14000, "ECHOCTL": 0o1000, "ECHOPRT": 0o2000,
          "ECHOKE": 0o4000, "FLUSHO": 0o10000, "PENDIN": 0o40000}
WHERE = {name: field for field, names in enumerate(FLAGS) for name in names.split()}
# Not in recordings made before they were asked for.
UNASKED = {"IUCLC", "OLCUC", "FLUSHO", "PENDIN"}
CHARACTERS = {name: number for number, name in enumerate(
    "VINTR VQUIT VERASE VKILL VEOF VTIME VMIN VSWTC VSTART VSTOP VSUSP VEOL VREPRINT VDISCARD VWERASE VLNEXT VEOL2"
    .split())}
CAUGHT = "HUP INT QUIT TSTP CONT WINCH TTIN TTOU".split()
WHEN = {"now": termios.TCSANOW, "drain": termios.TCSADRAIN, "flush": termios.TCSAFLUSH}
QUEUE = {"in": termios.TCIFLUSH, "out": termios.TCOFLUSH, "both": termios.TCIOFLUSH}
FLOW = {"ooff": termios.TCOOFF, "oon": termios.TCOON, "ioff": termios.TCIOFF, "ion": termios.TCION}


class Blocked(Exception):
    pass


def value(name):
    return VALUES[name] if name in VALUES else getattr(termios, name)


def alarm(_signal, _frame):
    raise Blocked


class Session:
    def __init__(self):
        self.got = set()
        for name in CAUGHT:
            signal.signal(getattr(signal, "SIG" + name), lambda number, _: self.got.add(number))
        signal.signal(signal.SIGALRM, alarm)
        self.master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        fcntl.ioctl(self.master, 0x40045431, struct.pack("i", 0))  # TIOCSPTLCK
        number = struct.unpack("i", fcntl.ioctl(self.master, 0x80045430, b"\0" * 4))[0]  # TIOCGPTN
        self.slave = os.open(f"/dev/pts/{number}", os.O_RDWR | os.O_NONBLOCK)

    def settle(self):
        """Asking the kernel what is there makes it finish what it has put off."""
        for _ in range(2):
            for fd in (self.slave, self.master):
                if fd >= 0:
                    poll = select.poll()
                    poll.register(fd, select.POLLIN)
                    poll.poll(0)
        time.sleep(SETTLE)

    def answer(self, read):
        try:
            return {"bytes": read().decode("latin1")}
        except OSError as error:
            return {"err": errno.errorcode[error.errno]}

    def write(self, fd, text):
        try:
            return os.write(fd, text.encode("latin1"))
        except OSError as error:
            return {"err": errno.errorcode[error.errno]}

    def do(self, step):
        name, *rest = step
        return getattr(self, "do_" + name)(*rest)

    def do_m(self, text):
        return self.write(self.master, text)

    def do_s(self, text):
        return self.write(self.slave, text)

    def do_rn(self, size):
        return self.answer(lambda: os.read(self.master, size))

    def do_rm(self):
        got = b""
        while True:
            try:
                got += os.read(self.master, 65536)
                self.settle()
            except OSError as error:
                if error.errno == errno.EAGAIN or got:
                    return {"bytes": got.decode("latin1")}
                return {"err": errno.errorcode[error.errno]}

    def do_rs(self, size):
        return self.answer(lambda: os.read(self.slave, size))

    def do_rb(self, size, milliseconds):
        os.set_blocking(self.slave, True)
        try:
            # Who is given more time to settle is given more time to read.
            signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000 * max(1, SETTLE * 200))
            answer = self.answer(lambda: os.read(self.slave, size))
            signal.setitimer(signal.ITIMER_REAL, 0)
            return answer
        except Blocked:
            return "BLOCKED"
        finally:
            os.set_blocking(self.slave, False)

    def do_sig(self):
        got, self.got = sorted(self.got), set()
        return [signal.Signals(number).name[3:] for number in got]

    def do_inq(self):
        return struct.unpack("i", fcntl.ioctl(self.slave, termios.FIONREAD, b"\0" * 4))[0]

    def do_flush(self, queue):
        termios.tcflush(self.slave, QUEUE[queue])
        return 0

    def do_flow(self, action):
        termios.tcflow(self.slave, FLOW[action])
        return 0

    def do_win(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        return 0

    def do_getwin(self):
        return list(struct.unpack("HHHH", fcntl.ioctl(self.slave, termios.TIOCGWINSZ, b"\0" * 8)))[:2]

    def do_isatty(self):
        return os.isatty(self.slave)

    def attributes(self):
        return list(struct.unpack("IIIIB19s", fcntl.ioctl(self.slave, termios.TCGETS, b"\0" * 36)))

    def do_getattr(self):
        fields = self.attributes()
        flags = {name: fields[field] & value(name) == value(name) for name, field in WHERE.items()
                 if name not in UNASKED}
        return {**flags, **{name: fields[5][at] for name, at in CHARACTERS.items() if name != "VSWTC"}}

    def do_attr(self, changes, when="now"):
        # Not through Python's termios, which does not know all of Linux's flags.
        fields = self.attributes()
        characters = bytearray(fields[5])
        for name, wanted in changes.items():
            if name in CHARACTERS:
                characters[CHARACTERS[name]] = wanted
            elif wanted:
                fields[WHERE[name]] |= value(name)
            else:
                fields[WHERE[name]] &= ~value(name)
        packed = struct.pack("IIIIB19s", *fields[:5], bytes(characters))
        fcntl.ioctl(self.slave, termios.TCSETS + WHEN[when], packed)
        return 0

    def do_poll(self):
        poll = select.poll()
        for fd in (self.master, self.slave):
            if fd >= 0:
                poll.register(fd, select.POLLIN | select.POLLOUT | select.POLLPRI)
        events = dict(poll.poll(0))
        return [events.get(fd, 0) for fd in (self.master, self.slave)]

    def do_pkt(self, enabled):
        fcntl.ioctl(self.master, termios.TIOCPKT, struct.pack("i", enabled))
        return 0

    def do_sti(self, text):
        fcntl.ioctl(self.slave, termios.TIOCSTI, text.encode("latin1"))
        return 0

    def do_outq(self):
        return struct.unpack("i", fcntl.ioctl(self.slave, termios.TIOCOUTQ, b"\0" * 4))[0]

    def do_break(self):
        termios.tcsendbreak(self.slave, 0)
        return 0

    def do_notty(self):
        fcntl.ioctl(self.slave, termios.TIOCNOTTY)
        return 0

    def do_getsid(self):
        try:
            return int(struct.unpack("i", fcntl.ioctl(self.slave, 0x5429, b"\0" * 4))[0] == os.getsid(0))
        except OSError as error:
            return {"err": errno.errorcode[error.errno]}

    def do_close(self, which):
        if which == "master":
            os.close(self.master)
            self.master = -1
        else:
            os.close(self.slave)
            self.slave = -1
        return 0


def replay(steps):
    """In a process of its own, which leads a session and is the foreground of its terminal."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(out)
            os.setsid()
            session = Session()
            answers = []
            for step in steps:
                try:
                    answers.append(session.do(step))
                except (OSError, termios.error) as error:
                    answers.append({"err": errno.errorcode[error.args[0]]})
                session.settle()
            with os.fdopen(into, "w") as pipe:
                json.dump(answers, pipe)
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


if __name__ == "__main__":
    json.dump([replay(steps) for steps in json.load(sys.stdin)], sys.stdout)
