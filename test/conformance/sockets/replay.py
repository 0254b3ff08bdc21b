# Performs programs of socket calls on this Linux, in a network namespace of its own, and prints what each call answered.
# One program is one line of JSON; the answer is one line of JSON.
import array, ctypes, errno, fcntl, json, os, select, shutil, signal, socket, struct, sys, tempfile, termios

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.sendto.restype = ctypes.c_ssize_t
libc.sendto.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
if libc.unshare(CLONE_NEWNET) != 0:
    print("needs the right to make a network namespace", file=sys.stderr)
    sys.exit(3)
# The loopback interface is down in a new namespace.
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x8 | 0x40))
probe.close()
# Effix knows no TIME_WAIT.
try:
    with open("/proc/sys/net/ipv4/tcp_max_tw_buckets", "w") as setting:
        setting.write("0")
except OSError:
    pass
RT = 40
SIGNALS = (("SIGPIPE", signal.SIGPIPE), ("SIGURG", signal.SIGURG), ("SIGIO", signal.SIGIO), ("RT", RT))
signal.pthread_sigmask(signal.SIG_BLOCK, {number for _, number in SIGNALS})
base = tempfile.mkdtemp(prefix="effix-sockets-")
os.chdir(base)

NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}
ALL = 0x3ff | 0x2000
FAMILIES = {"unix": socket.AF_UNIX, "inet": socket.AF_INET, "inet6": socket.AF_INET6}
STRUCTURED = {(1, 13): "linger", (1, 20): "time", (1, 21): "time"}


COUNTED = ("InDatagrams", "NoPorts", "InErrors", "OutDatagrams", "RcvbufErrors")


def counts():
    """What was counted of datagrams: of IPv4, then of IPv6."""
    with open("/proc/self/net/snmp") as four, open("/proc/self/net/snmp6") as six:
        names, values = [line.split()[1:] for line in four if line.startswith("Udp:")]
        by_name = dict(zip(names, values))
        by_name6 = dict(line.split() for line in six)
    return [int(by_name[name]) for name in COUNTED] + [int(by_name6["Udp6" + name]) for name in COUNTED]


class Machine:
    def __init__(self, number):
        self.number = number
        self.counted = counts()
        self.slots = {}
        self.sent = 0

    def port(self, port):
        if isinstance(port, int):
            return port
        other = self.slots.get(port[1])
        if other is None:
            return 1
        name = other.getsockname()
        return name[1] if isinstance(name, tuple) else 1

    def address(self, address):
        kind = address[0]
        if kind == "path":
            return address[1]
        if kind == "abstract":
            return b"\0" + ("%d-%s" % (self.number, address[1])).encode()
        if kind == "unnamed":
            return ""
        return (address[1], self.port(address[2]))

    def raw(self, family, address):
        """The address as C has it, whatever family the socket is of."""
        kind, name = address[0], self.address(address) if address[0] != "unspecified" else None
        if kind == "unspecified":
            return b"\0" * 16
        if kind == "inet":
            return struct.pack("=HH4s8x", socket.AF_INET, socket.htons(name[1]), socket.inet_pton(socket.AF_INET, name[0]))
        if kind == "inet6":
            there = socket.inet_pton(socket.AF_INET6, name[0])
            return struct.pack("=HHI16sI", socket.AF_INET6, socket.htons(name[1]), 0, there, 0)
        path = name if isinstance(name, bytes) else name.encode() + b"\0" if name else b""
        # As long as the others at least: too short is another mistake than of the wrong family.
        return struct.pack("=H", socket.AF_UNIX) + (path if family == socket.AF_UNIX else path.ljust(108, b"\0"))

    def call(self, result):
        if result < 0:
            raise OSError(ctypes.get_errno(), "call")
        return result

    def show(self, address):
        if address is None or address == "" or address == b"":
            return "none"
        if isinstance(address, bytes):
            name = address[1:].decode()
            prefix = "%d-" % self.number
            return "abstract " + name[len(prefix):] if name.startswith(prefix) else "auto"
        if isinstance(address, str):
            return "path " + address
        port = address[1]
        return "%s %s" % (address[0], "ephemeral" if port >= 32768 else port)

    def data(self, length):
        start = self.sent
        self.sent += 7
        return bytes((start + i) & 0xff for i in range(min(length, 256))) * (length // 256) + bytes(
            (start + i) & 0xff for i in range(length % 256)) if length >= 256 else bytes(
            (start + i) & 0xff for i in range(length))

    def got(self, buffer, count):
        total = 0
        for i in range(min(count, len(buffer))):
            total = (total * 31 + buffer[i]) % 65521
        return "%d:%d" % (count, total)

    def put(self, slot, made):
        old = self.slots.pop(slot, None)
        if old is not None:
            old.close()
        self.slots[slot] = made

    def storage(self, address):
        """An address with the room of any, as the options of both families take it."""
        if ":" in address:
            return struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, socket.inet_pton(socket.AF_INET6, address), 0).ljust(128, b"\0")
        return struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(address)).ljust(128, b"\0")

    def told(self, address):
        if len(address) == 4:
            return socket.inet_ntoa(address)
        six = struct.unpack("=H", address[:2])[0] == socket.AF_INET6
        return socket.inet_ntop(socket.AF_INET6, address[8:24]) if six else socket.inet_ntoa(address[4:8])

    def request(self, level, option, group, source):
        """What the options of one family take; None for those of both."""
        if option >= 42:
            return None
        if level == socket.IPPROTO_IPV6:
            return socket.inet_pton(socket.AF_INET6, group) + struct.pack("I", 1)
        if option in (35, 36):
            return socket.inet_aton(group) + socket.inet_aton("127.0.0.1") + struct.pack("i", 1)
        return socket.inet_aton(group) + socket.inet_aton("127.0.0.1") + socket.inet_aton(source)

    def pidfd(self, fd):
        """Whose descriptor it is, which is closed."""
        with open("/proc/self/fdinfo/%d" % fd) as info:
            pid = int([line for line in info if line.startswith("Pid:")][0].split()[1])
        closes = not os.get_inheritable(fd)
        os.close(fd)
        return "pidfd %s %s" % ("me" if pid == os.getpid() else pid, "true" if closes else "false")

    def ask(self, of, request, word):
        """What an interface says of itself; where a request is for a name, the word is a number."""
        if request == 0x8912:
            room = ctypes.create_string_buffer(640)
            asked = struct.pack("iP", len(room), ctypes.addressof(room))
            length = struct.unpack("iP", fcntl.ioctl(of, request, asked))[0]
            each = [room.raw[at:at + 24] for at in range(0, length, 40)]
            return "".join("%s %s " % (one[:16].split(b"\0")[0].decode(), socket.inet_ntoa(one[20:24])) for one in each)
        named = request == 0x8910
        told = struct.pack("16si20x", b"", int(word)) if named else struct.pack("15s25x", word.encode())
        answer = fcntl.ioctl(of, request, told)
        if named:
            return answer[:16].split(b"\0")[0].decode()
        if request in (0x8915, 0x8917, 0x8919, 0x891b):
            return socket.inet_ntoa(answer[20:24])
        if request == 0x8927:
            return "%d %s" % (struct.unpack("H", answer[16:18])[0], ":".join("%02x" % byte for byte in answer[18:24]))
        return str(struct.unpack("h" if request == 0x8913 else "i", answer[16:18 if request == 0x8913 else 20])[0])

    def perform(self, step):
        call, args = step[0], step[1:]
        if call == "socket":
            made = socket.socket(FAMILIES[args[1]], args[2] | socket.SOCK_NONBLOCK)
            # Effix never waits for an acknowledgement; what is accepted has it from its listener.
            if made.family != socket.AF_UNIX and args[2] == socket.SOCK_STREAM:
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # There is no way to a group, but for what says over which interface it leads.
            if args[2] == socket.SOCK_DGRAM and made.family != socket.AF_UNIX:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            self.put(args[0], made)
            return "ok"
        if call == "pair":
            a, b = socket.socketpair(socket.AF_UNIX, args[2] | socket.SOCK_NONBLOCK)
            self.put(args[0], a)
            self.put(args[1], b)
            return "ok"
        self_ = self.slots.get(args[0])
        if self_ is None:
            return "empty"
        if call == "bind":
            there = self.raw(self_.family, args[1])
            self.call(libc.bind(self_.fileno(), there, len(there)))
            return "ok"
        if call == "listen":
            # Python's own takes a negative backlog for 0; the kernel takes it for the most there is.
            self.call(libc.listen(self_.fileno(), args[1]))
            return "ok"
        if call == "connect":
            there = self.raw(self_.family, args[1])
            self.call(libc.connect(self_.fileno(), there, len(there)))
            return "ok"
        if call == "accept":
            fd, address = self_._accept()
            made = socket.socket(self_.family, self_.type, self_.proto, fileno=fd)
            made.setblocking(False)
            self.put(args[1], made)
            return "ok " + self.show(address)
        if call == "send":
            return str(self_.send(self.data(args[1]), args[2]))
        if call == "sendto":
            there = self.raw(self_.family, args[3])
            data = self.data(args[1])
            return str(self.call(libc.sendto(self_.fileno(), data, len(data), args[2], there, len(there))))
        if call == "recv":
            buffer = bytearray(args[1])
            count = self_.recv_into(buffer, args[1], args[2]) if args[1] else self_.recvfrom_into(buffer, 0, args[2])[0]
            return self.got(buffer, count)
        if call == "recvfrom":
            buffer = bytearray(args[1])
            count, address = self_.recvfrom_into(buffer, args[1], args[2])
            return self.got(buffer, count) + " " + self.show(address)
        if call == "rights":
            control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * args[2]))]
            return str(self_.sendmsg([self.data(args[1])], control, 0))
        if call == "credentials":
            who = struct.pack("3i", os.getpid() if args[2] == 0 else args[2], args[3], args[3])
            return str(self_.sendmsg([self.data(args[1])], [(socket.SOL_SOCKET, 2, who)], 0))
        if call == "recvmsg":
            buffer = bytearray(args[1])
            count, control, flags, address = self_.recvmsg_into([buffer], args[2], args[3])
            told = []
            for level, kind, data in control:
                if kind == socket.SCM_RIGHTS:
                    fds = array.array("i")
                    fds.frombytes(data[:len(data) - len(data) % fds.itemsize])
                    told.append("rights %d" % len(fds))
                    for fd in fds:
                        os.close(fd)
                elif level == socket.IPPROTO_UDP:
                    if len(data) == 4:
                        told.append("segment %d" % struct.unpack("i", data)[0])
                elif kind == 4:
                    told.append(self.pidfd(struct.unpack("i", data[:4])[0]))
                elif len(data) >= 12:
                    pid, uid, gid = struct.unpack("3i", data[:12])
                    told.append("credentials %s %d %d" % ("me" if pid == os.getpid() else pid, uid, gid))
            return "%s %s %#x %s" % (self.got(buffer, count), self.show(address), flags & ~0x40000000, ",".join(told))
        if call == "shutdown":
            self_.shutdown(args[1])
            return "ok"
        if call == "close":
            self.slots.pop(args[0]).close()
            return "ok"
        if call == "poll":
            poll = select.poll()
            poll.register(self_.fileno(), ALL)
            found = poll.poll(0)
            return "%#x" % (found[0][1] if found else 0)
        if call == "name":
            return self.show(self_.getsockname())
        if call == "peer":
            return self.show(self_.getpeername())
        if call == "fionread":
            answer = array.array("i", [0])
            fcntl.ioctl(self_, termios.FIONREAD, answer)
            return str(answer[0])
        if call == "getopt":
            kind = STRUCTURED.get((args[1], args[2]))
            if kind == "linger":
                on, seconds = struct.unpack("2i", self_.getsockopt(args[1], args[2], 8))
                return "%d %d" % (1 if on else 0, seconds)
            if kind == "time":
                seconds, micros = struct.unpack("2q", self_.getsockopt(args[1], args[2], 16))
                return str(seconds * 1000 + micros // 1000)
            if (args[1], args[2]) == (socket.SOL_TCP, socket.TCP_INFO):
                told = self_.getsockopt(args[1], args[2], 240)
                info = struct.unpack("8B6I", told[:32])
                sent, received = (0, 0) if info[0] == 10 else (
                    struct.unpack("Q", told[at:at + 8])[0] for at in (200, 128))
                # Elsewhere the two count segments on their way. Whether an end is acknowledged yet is chance: 4 and 5.
                state = 5 if info[0] == 4 else info[0]
                return "%d %d %d %d %d" % (state, *(info[12:14] if info[0] == 10 else (0, 0)), sent, received)
            if (args[1], args[2]) == (socket.SOL_SOCKET, 77):
                return self.pidfd(self_.getsockopt(args[1], args[2]))
            return str(self_.getsockopt(args[1], args[2]))
        if call == "netdevice":
            return self.ask(self_, args[1], args[2])
        if call == "group":
            level, option, group, source = args[1:]
            old = self.request(level, option, group, source)
            if old is None:
                old = struct.pack("I4x", 1) + self.storage(group) + (self.storage(source) if source else b"")
            self_.setsockopt(level, option, old)
            return "ok"
        if call == "filter":
            level, option, group, mode, sources = args[1:]
            told = struct.pack("=II", mode, len(sources))
            if option == 41:
                there = socket.inet_aton(group) + socket.inet_aton("127.0.0.1") + told + b"".join(map(socket.inet_aton, sources))
            else:
                there = struct.pack("I4x", 1) + self.storage(group) + told + b"".join(map(self.storage, sources))
            self_.setsockopt(level, option, there)
            return "ok"
        if call == "filterof":
            level, option, group = args[1:]
            old = option == 41
            head = socket.inet_aton(group) + socket.inet_aton("127.0.0.1") if old else struct.pack("I4x", 1) + self.storage(group)
            each = 4 if old else 128
            room = ctypes.create_string_buffer(head + struct.pack("=II", 0, 64) + b"\0" * (64 * each))
            length = ctypes.c_int(len(room.raw) - 1)
            self.call(libc.getsockopt(self_.fileno(), level, option, room, ctypes.byref(length)))
            mode, count = struct.unpack("=II", room.raw[len(head):len(head) + 8])
            rest = room.raw[len(head) + 8:]
            return "%d %s" % (mode, " ".join(self.told(rest[at * each:(at + 1) * each]) for at in range(count)))
        if call == "atmark":
            mark = array.array("i", [0])
            fcntl.ioctl(self_, 0x8905, mark)
            return str(mark[0])
        if call == "counts":
            return " ".join(str(now - before) for now, before in zip(counts(), self.counted))
        if call == "telling":
            if args[1] in (0, 1):
                fcntl.fcntl(self_, fcntl.F_SETOWN, os.getpid())
            if args[1] in (1, 2):
                flags = fcntl.fcntl(self_, fcntl.F_GETFL) & ~os.O_ASYNC
                fcntl.fcntl(self_, fcntl.F_SETFL, flags | os.O_ASYNC if args[1] == 1 else flags)
            if args[1] > 2:
                fcntl.fcntl(self_, fcntl.F_SETSIG, RT if args[1] == 3 else 0)
            return "ok"
        if call == "pieces":
            along = [(socket.IPPROTO_UDP, 103, struct.pack("H", args[2]))]
            return str(self_.sendmsg([self.data(args[1])], along, 0))
        if call == "device":
            self_.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, args[1].encode())
            return "ok " + self_.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).split(b"\0")[0].decode()
        if call == "setopt":
            kind = STRUCTURED.get((args[1], args[2]))
            value = args[3]
            if kind == "linger":
                value = struct.pack("2i", 0 if value < 0 else 1, max(0, value))
            elif kind == "time":
                value = struct.pack("2q", value // 1000, value % 1000 * 1000)
            self_.setsockopt(args[1], args[2], value)
            return "ok"
        raise ValueError(call)

    def step(self, step):
        try:
            answer = self.perform(step)
        except OSError as error:
            answer = "!" + NAMES.get(error.errno, str(error))
        for name, number in SIGNALS:
            if number in signal.sigpending():
                answer += " " + name
            # One of real time may wait several times.
            while number in signal.sigpending():
                signal.sigwait({number})
        return answer

    def close(self):
        for each in self.slots.values():
            each.close()


for line in sys.stdin:
    number, program = json.loads(line)
    directory = os.path.join(base, str(number))
    os.mkdir(directory)
    os.chdir(directory)
    machine = Machine(number)
    answers = [machine.step(step) for step in program]
    machine.close()
    os.chdir(base)
    shutil.rmtree(directory)
    print(json.dumps(answers), flush=True)
os.chdir("/")
shutil.rmtree(base)
