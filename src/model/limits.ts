/** Bounds of what a store accepts. Each says what it protects; none can be raised by an option. */
export const LIMITS = {
  /** Bytes of a session key in UTF-8: a key is repeated in every log and journal line's context. */
  keyBytesMax: 1_024,
  /** Levels of nesting: `JSON.stringify` itself fails at some thousands, so what is accepted can be written back. */
  depthMax: 100,
  /** Bytes of a whole entry as JSON. */
  entryBytesMax: 1_048_576,
  /** Bytes of one transcript record as JSON. */
  recordBytesMax: 16_777_216,
  /** From this size a top-level value that repeats is stored once by its hash. */
  blobBytesMin: 4_096,
  /** Records of one transcript whose ids are remembered for repeated appends. */
  recordIdsRemembered: 10_000,
} as const;
