/** What is done instead of a call: it gets the method's name, makes the call, and may look at what was given. */
export type Around = (
  method: string,
  call: () => Promise<unknown>,
  given: readonly unknown[],
) => Promise<unknown>;

/** A namespace whose objects are called by way of `around`, as far as these methods are concerned. */
export function trapCalls<Class extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Class>,
  methods: readonly string[],
  around: Around,
): DurableObjectNamespace<Class> {
  return new Proxy(namespace, {
    get: (target, name) =>
      name === "getByName"
        ? (object: string) => trapStub(target.getByName(object), methods, around)
        : Reflect.get(target, name),
  });
}

function trapStub<Stub extends object>(stub: Stub, methods: readonly string[], around: Around): Stub {
  return new Proxy(stub, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      // Called on the stub itself: some methods are the runtime's own, and know no proxy.
      const call = (given: unknown[]): unknown => Reflect.apply(member, target, given);
      if (typeof name === "symbol" || !methods.includes(name)) return (...given: unknown[]) => call(given);
      return (...given: unknown[]) => around(name, async () => await call(given), given);
    },
  });
}
