/**
 * The signals that every program holds back, so that what is told by them waits until it is looked at.
 */
import { AbiSignals, SignalSet } from "@effix/kernel"

const { SIGIO, SIGRTMIN, SIGTRAP } = AbiSignals

export const held = SignalSet.of(SIGTRAP, SIGIO, SIGRTMIN, SIGRTMIN + 1)
