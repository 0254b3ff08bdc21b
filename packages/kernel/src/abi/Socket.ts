/**
 * Numbers of the socket calls: domains, types, flags and options, as Linux on x86-64 has them.
 *
 * @see socket(7)
 */
export const AF_UNSPEC = 0
export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10

export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_SEQPACKET = 5
/** The bits of a socket's type that are a type; the others are flags. */
export const SOCK_TYPE_MASK = 0xf
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000

export const IPPROTO_IP = 0
export const IPPROTO_TCP = 6
export const IPPROTO_UDP = 17
export const IPPROTO_IPV6 = 41

export const MSG_OOB = 0x1
export const MSG_PEEK = 0x2
export const MSG_DONTROUTE = 0x4
export const MSG_CTRUNC = 0x8
export const MSG_TRUNC = 0x20
export const MSG_DONTWAIT = 0x40
export const MSG_EOR = 0x80
export const MSG_WAITALL = 0x100
export const MSG_CONFIRM = 0x800
export const MSG_ERRQUEUE = 0x2000
export const MSG_NOSIGNAL = 0x4000
export const MSG_MORE = 0x8000
export const MSG_CMSG_CLOEXEC = 0x40000000

export const SHUT_RD = 0
export const SHUT_WR = 1
export const SHUT_RDWR = 2

/** The most connections that listen(2) lets wait. */
export const SOMAXCONN = 4096

export const SOL_SOCKET = 1
export const SOL_IP = 0
export const SOL_TCP = 6
export const SOL_UDP = 17
export const SOL_IPV6 = 41

export const SO_DEBUG = 1
export const SO_REUSEADDR = 2
export const SO_TYPE = 3
export const SO_ERROR = 4
export const SO_DONTROUTE = 5
export const SO_BROADCAST = 6
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_KEEPALIVE = 9
export const SO_OOBINLINE = 10
export const SO_NO_CHECK = 11
export const SO_PRIORITY = 12
export const SO_LINGER = 13
export const SO_REUSEPORT = 15
export const SO_PASSCRED = 16
export const SO_PEERCRED = 17
export const SO_RCVLOWAT = 18
export const SO_SNDLOWAT = 19
export const SO_RCVTIMEO = 20
export const SO_SNDTIMEO = 21
export const SO_BINDTODEVICE = 25
export const SO_BSDCOMPAT = 14
export const SO_TIMESTAMP = 29
export const SO_ACCEPTCONN = 30
export const SO_SNDBUFFORCE = 32
export const SO_RCVBUFFORCE = 33
export const SO_PASSSEC = 34
export const SO_TIMESTAMPNS = 35
export const SO_MARK = 36
export const SO_TIMESTAMPING = 37
export const SO_PROTOCOL = 38
export const SO_DOMAIN = 39
export const SO_RXQ_OVFL = 40
export const SO_PEEK_OFF = 42
export const SO_SELECT_ERR_QUEUE = 45
export const SO_BUSY_POLL = 46
export const SO_MAX_PACING_RATE = 47
export const SO_INCOMING_CPU = 49
export const SO_MEMINFO = 55
export const SO_INCOMING_NAPI_ID = 56
export const SO_COOKIE = 57
export const SO_PEERGROUPS = 59
export const SO_ZEROCOPY = 60
export const SO_TIMESTAMP_NEW = 63
export const SO_TIMESTAMPNS_NEW = 64
export const SO_PREFER_BUSY_POLL = 69
export const SO_RCVMARK = 75
export const SO_PASSPIDFD = 76
export const SO_PEERPIDFD = 77

export const SCM_RIGHTS = 1
export const SCM_CREDENTIALS = 2
export const SCM_PIDFD = 4

export const TCP_NODELAY = 1
export const TCP_MAXSEG = 2
export const TCP_CORK = 3
export const TCP_KEEPIDLE = 4
export const TCP_KEEPINTVL = 5
export const TCP_KEEPCNT = 6
export const TCP_SYNCNT = 7
export const TCP_LINGER2 = 8
export const TCP_DEFER_ACCEPT = 9
export const TCP_WINDOW_CLAMP = 10
export const TCP_INFO = 11
export const TCP_QUICKACK = 12
export const TCP_CONGESTION = 13
export const TCP_THIN_LINEAR_TIMEOUTS = 16
export const TCP_USER_TIMEOUT = 18
export const TCP_FASTOPEN = 23
export const TCP_NOTSENT_LOWAT = 25
export const TCP_SAVE_SYN = 27
export const TCP_FASTOPEN_CONNECT = 30
export const TCP_FASTOPEN_NO_COOKIE = 34
export const TCP_INQ = 36

export const IP_TOS = 1
export const IP_TTL = 2
export const IP_HDRINCL = 3
export const IP_RECVOPTS = 6
export const IP_RETOPTS = 7
export const IP_PKTINFO = 8
export const IP_MTU_DISCOVER = 10
export const IP_RECVERR = 11
export const IP_RECVTTL = 12
export const IP_RECVTOS = 13
export const IP_MTU = 14
export const IP_FREEBIND = 15
export const IP_PASSSEC = 18
export const IP_TRANSPARENT = 19
export const IP_RECVORIGDSTADDR = 20
export const IP_MINTTL = 21
export const IP_NODEFRAG = 22
export const IP_BIND_ADDRESS_NO_PORT = 24
export const IP_MULTICAST_IF = 32
export const IP_MULTICAST_TTL = 33
export const IP_MULTICAST_LOOP = 34
export const IP_ADD_MEMBERSHIP = 35
export const IP_DROP_MEMBERSHIP = 36
export const IP_UNBLOCK_SOURCE = 37
export const IP_BLOCK_SOURCE = 38
export const IP_ADD_SOURCE_MEMBERSHIP = 39
export const IP_DROP_SOURCE_MEMBERSHIP = 40
export const IP_MSFILTER = 41
export const IP_MULTICAST_ALL = 49
export const IP_PROTOCOL = 52

/** Of IPv4 and IPv6 alike, at the level of the family. */
export const MCAST_JOIN_GROUP = 42
export const MCAST_BLOCK_SOURCE = 43
export const MCAST_UNBLOCK_SOURCE = 44
export const MCAST_LEAVE_GROUP = 45
export const MCAST_JOIN_SOURCE_GROUP = 46
export const MCAST_LEAVE_SOURCE_GROUP = 47
export const MCAST_MSFILTER = 48
export const MCAST_EXCLUDE = 0
export const MCAST_INCLUDE = 1

export const IPV6_UNICAST_HOPS = 16
export const IPV6_MULTICAST_IF = 17
export const IPV6_MULTICAST_HOPS = 18
export const IPV6_MULTICAST_LOOP = 19
export const IPV6_ADD_MEMBERSHIP = 20
export const IPV6_DROP_MEMBERSHIP = 21
export const IPV6_MTU_DISCOVER = 23
export const IPV6_MTU = 24
export const IPV6_RECVERR = 25
export const IPV6_V6ONLY = 26
export const IPV6_MULTICAST_ALL = 29
export const IPV6_RECVPKTINFO = 49
export const IPV6_PKTINFO = 50
export const IPV6_RECVHOPLIMIT = 51
export const IPV6_RECVRTHDR = 56
export const IPV6_RECVPATHMTU = 60
export const IPV6_DONTFRAG = 62
export const IPV6_RECVTCLASS = 66
export const IPV6_TCLASS = 67
export const IPV6_AUTOFLOWLABEL = 70
export const IPV6_MINHOPCOUNT = 73
export const IPV6_RECVORIGDSTADDR = 74
export const IPV6_TRANSPARENT = 75
export const IPV6_FREEBIND = 78

export const UDP_CORK = 1
export const UDP_NO_CHECK6_TX = 101
export const UDP_NO_CHECK6_RX = 102
export const UDP_SEGMENT = 103
export const UDP_GRO = 104
