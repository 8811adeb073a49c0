/** A JSON value as the store keeps it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object as the store keeps it. `__proto__` is a field like any other. */
export interface JsonObject {
  readonly [field: string]: Json;
}
