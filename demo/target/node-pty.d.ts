/** The package stands under an alias and describes itself under its own name; here is the part used. */
declare module 'node-pty' {
  export interface IPty {
    readonly pid: number;
    /** The terminal's own side. */
    readonly fd: number;
    readonly onExit: (listener: (ending: { exitCode: number; signal?: number }) => void) => unknown;
    readonly onData: (listener: (bytes: Buffer) => void) => unknown;
    resize(columns: number, rows: number): void;
    write(text: string): void;
    kill(signal?: string): void;
  }

  export function spawn(
    file: string,
    words: string[],
    options: {
      name: string;
      cols: number;
      rows: number;
      cwd: string;
      env: Record<string, string>;
      /** null: bytes, not strings. */
      encoding: null;
    },
  ): IPty;
}
