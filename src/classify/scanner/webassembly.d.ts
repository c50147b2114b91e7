/** The part of WebAssembly's JavaScript interface that sluice uses; TypeScript has it only beside a browser's. */
declare namespace WebAssembly {
  /** Compiled code; may be sent to another thread. */
  type Module = object;
  const Module: new (code: Uint8Array) => Module;
  interface Instance {
    readonly exports: object;
  }
  const Instance: new (module: Module) => Instance;
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Global {
    readonly value: number;
  }
  function validate(code: Uint8Array): boolean;
}
