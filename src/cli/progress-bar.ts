/** How far long work is, on a terminal; nothing where nobody watches. */
const WIDTH = 30;
const SHARES = 200;

export interface ProgressBar {
  readonly tell: (done: number) => void;
  readonly end: () => void;
}

/** @param total of what `tell` counts */
export function progressBar(total: number, stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!stream.isTTY) return { tell: () => undefined, end: () => undefined };
  let drawn = -1;
  return {
    tell: (done) => {
      const share = total === 0 ? SHARES : Math.floor((Math.min(done, total) / total) * SHARES);
      if (share === drawn) return;
      drawn = share;
      const filled = Math.round((share / SHARES) * WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      stream.write(
        `\r${bar} ${String(Math.floor(share / 2)).padStart(3)} % of ${total.toLocaleString('en')}`,
      );
    },
    end: () => {
      stream.write('\r\u001B[K');
    },
  };
}
