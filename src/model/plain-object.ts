/** Whether an object is one that `{}` or `JSON.parse` makes, of this or another realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** Sets a field as data, also when it is called `__proto__`. */
export function setField(target: Record<string, unknown>, field: string, value: unknown): void {
  if (field !== '__proto__') {
    target[field] = value;
    return;
  }
  const data = { value, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(target, field, data);
}
