// The page about a run in a real browser: headless Chromium opens it from its file, without a network, as wide as a phone
// and as a screen, light and dark. Nothing is wider than the window, nothing is asked for or complained of, and pictures
// are there.
//
//     node page.mjs CHROMIUM PROGRAM FOLDER

import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startChromium } from "../../zarr/browser/chromium.mjs";

const [chromium, program, folder] = process.argv.slice(2);

/// A grey BMP of 8 bits: a ball in a long box.
function slice(z) {
    const [width, height] = [48, 36];
    const bytes = Buffer.alloc(54 + 1024 + width * height);
    bytes.write("BM");
    bytes.writeUInt32LE(bytes.length, 2);
    bytes.writeUInt32LE(54 + 1024, 10);
    [40, width, height].forEach((number, i) => bytes.writeUInt32LE(number, 14 + 4 * i));
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(8, 28);
    for (let i = 0; i < 256; ++i) bytes.fill(i, 54 + 4 * i, 54 + 4 * i + 3);
    for (let i = 0; i < width * height; ++i) {
        const radius = Math.hypot((i % width) - 24, Math.floor(i / width) - 18, z - 10);
        bytes[54 + 1024 + i] = radius < 10 ? 250 - 10 * radius : 3 + ((i * 7 + z) % 5);
    }
    return bytes;
}

/// What a user would see of the page, in numbers.
const seen = `(() => {
    const wide = [...document.querySelectorAll("body *")].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.right > innerWidth + 0.5 || box.left < -0.5;
    });
    return {
        images: [...document.images].map((image) => [image.naturalWidth, image.getBoundingClientRect().width]),
        page: document.documentElement.scrollWidth,
        window: innerWidth,
        wide: wide.map((element) => element.outerHTML.slice(0, 80)),
        colours: [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color],
        headings: [...document.querySelectorAll("h2")].map((heading) => heading.textContent),
        bars: document.querySelector("svg path").getBBox().width,
    };
})()`;

const brightness = (colour) => colour.match(/[0-9]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;

async function judge(browser, url, width, scheme) {
    await browser.call("Emulation.setDeviceMetricsOverride", { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 });
    await browser.call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await browser.call("Page.navigate", { url });
    for (let tries = 0; !(await browser.evaluate(`document.readyState === "complete" && location.protocol === "file:"`)); ++tries) {
        assert(tries < 200, "the page was not loaded");
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await browser.evaluate("Promise.all([...document.images].map((image) => image.decode()))");
    const page = await browser.evaluate(seen);
    assert.deepEqual(page.wide, [], "wider than the window");
    assert(page.page <= page.window && page.window === width, `${page.page} dots wide in ${page.window}`);
    assert.equal(page.images.length, 6);
    for (const [natural, shown] of page.images) assert(natural > 100 && shown > 100, `a picture of ${natural}, ${shown} dots`);
    for (const heading of ["Views", "Histogram", "Geometry (LPS)", "Source", "Run", "Header", "To make it again"]) {
        assert(page.headings.includes(heading), heading);
    }
    assert(page.bars > 500);
    const [back, text] = page.colours.map(brightness);
    assert(scheme === "dark" ? back < 0.2 && text > 0.8 : back > 0.8 && text < 0.2, `colours ${page.colours}`);
    const { cssContentSize } = await browser.call("Page.getLayoutMetrics");
    const clip = { x: 0, y: 0, width, height: cssContentSize.height, scale: 1 };
    const { data } = await browser.call("Page.captureScreenshot", { format: "png", clip, captureBeyondViewport: true });
    const file = join(folder, `${width}-${scheme}.png`);
    writeFileSync(file, Buffer.from(data, "base64"));
    console.log(`${file}: ${width} x ${Math.round(cssContentSize.height)}`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "a <scan> & more"), { recursive: true });
for (let z = 0; z < 20; ++z) writeFileSync(join(folder, "a <scan> & more", `s_${String(z).padStart(3, "0")}.bmp`), slice(z));
const long = "a_name_without_any_blank_".repeat(8);
execFileSync(program, ["a <scan> & more", "-o", `${long}.nrrd`, "--report", "page.html", "--spacing", "0.02", "--window",
    "auto", "--quiet"], { cwd: folder });

const browser = await startChromium(chromium, join(folder, "profile"));
const complaints = [];
const requests = [];
browser.listen((method, event) => {
    if (method === "Log.entryAdded") complaints.push(event.entry.text);
    if (method === "Runtime.exceptionThrown" || method === "Runtime.consoleAPICalled") complaints.push(JSON.stringify(event));
    if (method === "Network.requestWillBeSent") requests.push(event.request.url);
});
try {
    for (const domain of ["Page", "Log", "Runtime", "Network"]) await browser.call(`${domain}.enable`);
    await browser.call("Network.emulateNetworkConditions",
        { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
    const url = pathToFileURL(join(folder, "page.html")).href;
    for (const scheme of ["light", "dark"]) {
        for (const width of [390, 1280]) await judge(browser, url, width, scheme);
    }
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests.filter((request) => request !== url && !request.startsWith("data:image/png;")), []);
    assert(requests.includes(url));
    const { data } = await browser.call("Page.printToPDF", { printBackground: false });
    writeFileSync(join(folder, "printed.pdf"), Buffer.from(data, "base64"));
} catch (error) {
    console.log(error.message);
    process.exitCode = 1;
} finally {
    await browser.close();
    rmSync(join(folder, "profile"), { recursive: true, force: true, maxRetries: 5 });
}
