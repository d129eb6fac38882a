/** The steps of a change as NotedChange names them, in the order in which they have to be taken. */
export const STAGE = ['preparation.stage', 'record.assertNotQuarantined', 'gates.requireUsableGolden'];
export const BEGIN = ['record.begin', 'standby.matching'];
export const COMPILE = ['modes.isTight', 'preparation.compile', 'modes.requireCardForWeights'];
/** Never three models at a time. */
export const MAKE_ROOM = ['probation.end', 'standby.dismiss'];
export const LOAD = ['preparation.load', 'gates.check'];
export const SHADOW = ['gates.limits', 'shadow.run'];
export const PRESTART = ['modes.doubtAlone', 'gates.record', 'modes.roomBeside', 'preparation.prestart'];
const WINDOW = ['slot.replace', 'retirement.drainInWindow', 'old.close', ...LOAD, 'modes.learnWindow'];
export const PERSIST = ['record.remember', 'record.swapped'];
export const RETIRE = ['retirement.retire', 'record.forgetUnreferenced'];

export const BESIDE = [...STAGE, ...BEGIN, ...COMPILE, ...MAKE_ROOM, 'modes.choose', ...LOAD, ...SHADOW];
export const HELD = [...STAGE, ...BEGIN, ...COMPILE, ...MAKE_ROOM, 'modes.choose', ...PRESTART];
export const IN_WINDOW = ['modes.expectedWindowMs', ...WINDOW, 'gates.checkRest', 'prestart.close'];
