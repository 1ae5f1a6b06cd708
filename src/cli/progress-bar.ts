/** How far long work is, on one line of a terminal; where there is none, nothing. */

const WIDTH = 30;

export interface ProgressBar {
  show(what: string, done: number, of: number): void;
  /** Takes the line away. */
  end(): void;
}

export function progressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  const line = (text: string) => stream.write(`\r\u001B[2K${text}`);
  return {
    show: (what, done, of) => {
      const full = of === 0 ? WIDTH : Math.round((WIDTH * done) / of);
      line(`${what.padEnd(14)} [${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${done} of ${of}`);
    },
    end: () => line(''),
  };
}
