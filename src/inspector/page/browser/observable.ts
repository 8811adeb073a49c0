import { useEffect, useState } from 'preact/hooks';

/** A value that tells when it becomes another one. */
export class Observable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  /** @returns ends it */
  listen(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The value as it is now; the component is drawn again with the next one. */
export function useObserved<T>(observable: Observable<T>): T {
  const [value, setValue] = useState(observable.value);
  useEffect(() => {
    // It may have changed between the drawing and this effect.
    setValue(() => observable.value);
    return observable.listen((next) => setValue(() => next));
  }, [observable]);
  return value;
}
