"""Reads lists of [domain, type, level, option, value] as JSON, and answers, for a new socket each, what the option was, how
setting it ended, and what it is then."""
import errno
import json
import socket
import sys


def told(call):
    try:
        answer = call()
        return "ok" if answer is None else answer
    except OSError as error:
        name = errno.errorcode[error.errno]
        return "EOPNOTSUPP" if name == "ENOTSUP" else name
    except OverflowError:
        return "overflow"


answers = []
for domain, kind, level, option, value in json.load(sys.stdin):
    with socket.socket(domain, kind) as one:
        before = told(lambda: one.getsockopt(level, option))
        ended = told(lambda: one.setsockopt(level, option, value))
        answers.append([before, ended, told(lambda: one.getsockopt(level, option))])
json.dump(answers, sys.stdout)
