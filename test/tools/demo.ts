// The moving picture of the extension page, docs/images/demo.webp: F5, step into a fault, watch the entry change, step back,
// compare kernels. Recorded from the real VS Code; needs what `npm run screenshots` needs.
// node test/tools/demo.ts [--output FILE]
import { statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { Workbench } from '../vscode/workbench.ts';
import { root } from './paths.ts';
import { restingSettings, steadyPicture } from './steady-picture.ts';

const LARGEST = 3e6;
/** Of the window; the picture is narrower. */
const viewport = { width: 1440, height: 900 };
const WIDTH = 1080;

interface Frame {
  readonly image: Buffer;
  readonly milliseconds: number;
}

/** Takes pictures of a window, each with a caption that says what was just done. */
class Recorder {
  readonly frames: Frame[] = [];
  private readonly workbench: Workbench;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  async take(caption: string, milliseconds: number): Promise<void> {
    const { page } = this.workbench;
    await page.mouse.move(2, 2);
    await page.evaluate(showCaption, caption);
    const png = await steadyPicture(page);
    this.frames.push({ image: await sharp(png).resize({ width: WIDTH }).png().toBuffer(), milliseconds });
    console.log(`${String(this.frames.length)}: ${caption}`);
  }

  async write(file: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await sharp(
      this.frames.map(({ image }) => image),
      { join: { animated: true } },
    )
      .webp({ quality: 70, effort: 6, loop: 0, delay: this.frames.map(({ milliseconds }) => milliseconds) })
      .toFile(file);
  }
}

/** Runs in the page: a line of text over the lower part of the window. */
function showCaption(text: string): void {
  const id = 'pagewalk-demo-caption';
  const caption = document.getElementById(id) ?? document.body.appendChild(document.createElement('div'));
  caption.id = id;
  caption.textContent = text;
  Object.assign(caption.style, {
    position: 'fixed',
    left: '50%',
    bottom: '48px',
    transform: 'translateX(-50%)',
    zIndex: '100000',
    padding: '10px 22px',
    borderRadius: '6px',
    font: '600 20px system-ui, sans-serif',
    color: '#ffffff',
    background: '#0b5cad',
    boxShadow: '0 4px 18px rgba(0, 0, 0, 0.5)',
  });
}

async function debugging(workbench: Workbench, recorder: Recorder): Promise<void> {
  const key = async (name: string): Promise<void> => {
    await workbench.press(name);
    await steadyPicture(workbench.page);
    await workbench.stopped();
  };
  await workbench.openFile('cow-fork.walk');
  await recorder.take('A scenario: a process forks, and its child writes', 2200);
  await workbench.debugToStop();
  await recorder.take('F5 debugs it', 1800);
  await toTheWrite(workbench);
  await recorder.take('The child’s page is still its parent’s, copy-on-write', 2200);
  for (const step of [1, 2, 3, 4, 5, 6]) {
    await key('F11');
    await recorder.take(
      step === 1 ? 'F11 steps into the write …' : '… and the kernel’s page fault, step by step',
      1100,
    );
  }
  await key('F5');
  await recorder.take('The page was copied: its entry has changed', 2600);
  await key('Alt+F10');
  await recorder.take('Alt+F10 steps back: the old entry again', 2400);
  await workbench.press('Shift+F5');
  await workbench.locator('.debug-toolbar').waitFor({ state: 'hidden' });
}

/** Breakpoints on the child's write and on the statement behind it, and on to the first. */
async function toTheWrite(workbench: Workbench): Promise<void> {
  const write = workbench.locator('.view-line', { hasText: 'the copy happens here' }).first();
  await write.click();
  await workbench.press('F9', 'ArrowDown', 'F9', 'F5');
  await workbench.locator('.codicon-debug-stackframe').first().waitFor();
  await steadyPicture(workbench.page);
  await workbench.stopped();
}

async function comparing(workbench: Workbench, recorder: Recorder): Promise<void> {
  await workbench.runCommand('View: Close All Editor Groups');
  await workbench.openFile('compare-fork.walk');
  await workbench.runCommand('Pagewalk: Compare Kernels');
  await workbench.locator('.quick-input-widget .monaco-list-row').first().waitFor();
  await workbench.press('Enter');
  const panel = workbench.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  await panel.locator('table').first().waitFor();
  await recorder.take('Compare Kernels runs a scenario on all four …', 2200);
  await workbench.locator('.tab', { hasText: 'compare-fork.walk' }).first().click();
  await workbench.goToLine(24);
  await recorder.take('… and shows where they differ, and why', 3200);
}

const { values } = parseArgs({ options: { output: { type: 'string', default: 'docs/images/demo.webp' } } });
const file = path.resolve(root, values.output);
const workbench = await Workbench.open({
  workspace: path.join(root, 'examples'),
  viewport,
  settings: restingSettings,
});
const recorder = new Recorder(workbench);
try {
  await debugging(workbench, recorder);
  await comparing(workbench, recorder);
} finally {
  await workbench.close();
}
await recorder.write(file);
const { size } = statSync(file);
console.log(
  `${path.relative(root, file)}: ${String(recorder.frames.length)} pictures, ${String(Math.round(size / 1000))} kB`,
);
if (size > LARGEST) throw new Error(`the picture is larger than ${String(LARGEST / 1e6)} MB`);
