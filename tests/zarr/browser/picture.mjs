// A real viewer's library in a real browser: ome-zarr.js renders a slice of each store in headless Chromium, and the
// screenshot shows the samples of the level's own NRRD where they should be.
//
//     node picture.mjs CHROMIUM CASES FOLDER-OF-SCREENSHOTS

import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNrrd } from "../nrrd.mjs";
import { startChromium } from "./chromium.mjs";

const [chromium, casesFile, screenshots] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
if (!existsSync(join(modules, "ome-zarr.js"))) {
    console.log("skipped: ome-zarr.js is not installed");
    process.exit(0);
}

/// Where the browser finds modules: what ome-zarr.js has of its own comes first.
function imports() {
    const place = (name, file) => {
        const own = join("ome-zarr.js", "node_modules", name);
        return `/node_modules/${existsSync(join(modules, own)) ? own : name}/${file}`;
    };
    return JSON.stringify({ imports: {
        "ome-zarr.js": place("ome-zarr.js", "dist/ome-zarr.js"),
        zarrita: place("zarrita", "dist/src/index.js"),
        "@zarrita/storage/fetch": place("@zarrita/storage", "dist/src/fetch.js"),
        "numcodecs/zstd": place("numcodecs", "dist/zstd.js"),
    } });
}

/// Files as a plain server on the web has them: whole, in ranges, or not found.
function serve(stores) {
    const page = readFileSync(join(here, "page.html"), "utf8").replace("IMPORTS", imports());
    return createServer((request, response) => {
        const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
        if (path === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
        const file = path.startsWith("/node_modules/") ? join(modules, "..", path) : join(stores, path);
        if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
        const size = statSync(file).size;
        const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
        const first = range ? (range[1] ? Number(range[1]) : Math.max(0, size - Number(range[2]))) : 0;
        const end = range?.[1] && range[2] ? Math.min(size, Number(range[2]) + 1) : size;
        response.writeHead(range ? 206 : 200, {
            "Content-Type": file.endsWith("js") ? "text/javascript" : "application/octet-stream",
            "Content-Length": end - first,
            ...(range ? { "Content-Range": `bytes ${first}-${end - 1}/${size}` } : {}),
        });
        response.end(request.method === "HEAD" ? undefined : readFileSync(file).subarray(first, end));
    });
}

/// The middle slice as ome-zarr.js means to show it: each channel's darkest sample is 0, or what is brighter than 0; grey is
/// red, green and blue alike.
function expectedColours({ data, shape, channels }) {
    const [depth, height, width] = shape.slice(-3);
    const slice = height * width;
    const colours = new Array(3 * slice);
    for (let c = 0; c < 3; ++c) {
        const first = ((channels > 1 ? c * depth : 0) + Math.floor(depth / 2)) * slice;
        const samples = data.subarray(first, first + slice);
        const [least, most] = [Math.min(...samples), Math.max(...samples)];
        samples.forEach((sample, i) => { colours[3 * i + c] = (255 * (sample - least)) / (most - least); });
    }
    return { colours, width, height };
}

function correlation(a, b) {
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [meanA, meanB] = [mean(a), mean(b)];
    const product = (x, meanX, y, meanY) => x.reduce((sum, value, i) => sum + (value - meanX) * (y[i] - meanY), 0);
    return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

/// A picture that is wrong must be told from the right one: turned over, turned around, shifted, colours exchanged.
function wrongPictures({ colours, width, height }) {
    const from = (place) => colours.map((_, i) => {
        const [x, y, c] = place(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3);
        return colours[3 * (y * width + x) + c];
    });
    return {
        mirrored: from((x, y, c) => [width - 1 - x, y, c]),
        "upside down": from((x, y, c) => [x, height - 1 - y, c]),
        transposed: from((x, y, c) => [Math.floor((y * width) / height), Math.floor((x * height) / width), c]),
        shifted: from((x, y, c) => [(x + Math.floor(width / 10)) % width, y, c]),
    };
}

async function judge(page, { name, store, levels }, level) {
    const { colours, width, height } = expectedColours(readNrrd(levels[level]));
    const targetSize = level < levels.length - 1 ? Math.max(width, height) : undefined;
    const size = await page.evaluate(`show(${JSON.stringify(basename(store))}, ${targetSize})`);
    assert.deepEqual(size, [width, height], "size of the picture");
    const clip = { x: 0, y: 0, width, height, scale: 1 };
    const { data } = await page.call("Page.captureScreenshot", { format: "png", clip });
    const file = join(screenshots, `${name.replace(" ", "-")}-${level}.png`);
    writeFileSync(file, Buffer.from(data, "base64"));

    const seen = await page.evaluate(`colours("${data}")`);
    assert.equal(seen.length, colours.length);
    const likeness = correlation(seen, colours);
    const farthest = seen.reduce((most, value, i) => Math.max(most, Math.abs(value - colours[i])), 0);
    assert(likeness > 0.999 && farthest < 2, `${file}: correlation ${likeness}, ${farthest} greys off`);
    for (const [what, wrong] of Object.entries(wrongPictures({ colours, width, height }))) {
        assert(correlation(wrong, colours) < 0.9, `${what}, it would have been taken for the right picture`);
    }
    console.log(`${file}: ${width} x ${height}, correlation ${likeness.toFixed(6)}, at most ${farthest.toFixed(2)} greys off`);
}

const cases = JSON.parse(readFileSync(casesFile, "utf8")).filter(({ picture }) => picture);
assert(cases.length > 0);
rmSync(screenshots, { recursive: true, force: true });
mkdirSync(screenshots, { recursive: true });
const server = serve(dirname(cases[0].store));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const page = await startChromium(chromium, join(screenshots, "profile"));
try {
    await page.call("Page.navigate", { url: `http://127.0.0.1:${server.address().port}/` });
    for (let tries = 0; !(await page.evaluate("window.ready")); ++tries) {
        assert(tries < 200, "the page did not load its modules");
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const one of cases) {
        for (const level of one.levels.keys()) await judge(page, one, level);
    }
} catch (error) {
    console.log(error.message);
    process.exitCode = 1;
} finally {
    await page.close();
    server.closeAllConnections();
    server.close();
    rmSync(join(screenshots, "profile"), { recursive: true, force: true, maxRetries: 5 });
}
