#include "lib/report/html_parts.h"

namespace cassplan::report {

const char kHtmlStyle[] = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5b6675;--line:#d9dee6;--grid:#eceff3;
--restart:#2f6fde;--join:#1f8f5f;--leave:#c26a12;--work:#7d57c2;--object:#78828f;--down:#d23b3b;--good:#1f8f5f;--bad:#c8322f;--wait:#a86400}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1a2029;--ink:#e6eaf0;--soft:#9aa6b5;--line:#313a47;--grid:#252d38;
--restart:#6aa0ff;--join:#45c48b;--leave:#eb9a45;--work:#ad8df0;--object:#8f9bab;--down:#ff6b66;--good:#45c48b;--bad:#ff6b66;--wait:#eeb04a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:20px 16px 48px}
h1{font-size:1.35rem;margin:0 0 2px;overflow-wrap:anywhere}
h2{font-size:1.02rem;margin:0 0 10px}
h3{font-size:.88rem;margin:14px 0 2px;font-weight:600;overflow-wrap:anywhere}
p{margin:4px 0;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.verdict{font-weight:600}.verdict.good{color:var(--good)}.verdict.bad{color:var(--bad)}.verdict.wait{color:var(--wait)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(148px,1fr));gap:8px;margin:14px 0 0}
dl div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:7px 11px;min-width:0}
dt{color:var(--soft);font-size:.78rem}dd{margin:0;font-weight:600;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px;margin:14px 0 0;min-width:0}
section.bad{border-color:var(--bad)}
svg{display:block;width:100%;font:11px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg text{fill:var(--soft)}svg .in{fill:#fff;pointer-events:none}
@media (prefers-color-scheme:dark){svg .in{fill:#12161c}}
.grid{stroke:var(--grid)}.axis{stroke:var(--line)}.fault{stroke:var(--down);stroke-dasharray:2 3;pointer-events:none}
.mark{fill:var(--down)}
.need{stroke:var(--bad);stroke-dasharray:5 4;fill:none}.up{stroke:var(--restart);stroke-width:2;fill:none}
.under{fill:var(--bad);opacity:.28}.disk{stroke:var(--restart);fill:none;stroke-width:1.4}.wide{stroke:transparent;stroke-width:9;fill:none}
.restart{fill:var(--restart)}.join{fill:var(--join)}.leave{fill:var(--leave)}.work{fill:var(--work)}.object{fill:var(--object)}.down{fill:var(--down);opacity:.32}
.tip-on{cursor:pointer}
[data-tip]:focus{outline:2px solid var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:.8rem;color:var(--soft);margin-bottom:6px}
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:5px;vertical-align:-1px}
details summary{cursor:pointer;font-weight:600;font-size:.88rem;padding:2px 0;overflow-wrap:anywhere}
details summary .soft{font-weight:400}
#tip{position:fixed;z-index:9;max-width:min(360px,92vw);background:var(--ink);color:var(--page);border-radius:7px;padding:6px 10px;
font-size:.82rem;pointer-events:none;white-space:pre-line;overflow-wrap:anywhere;box-shadow:0 3px 14px #0005}
#tip[hidden]{display:none}
.rows{font-size:.85rem}.rows>div{display:grid;grid-template-columns:72px 84px minmax(0,1fr);gap:8px;padding:3px 0;border-top:1px solid var(--grid)}
.rows>div>*{overflow-wrap:anywhere;min-width:0}.rows .violation,.rows .fault-row{color:var(--bad)}
.rows time{color:var(--soft);font-variant-numeric:tabular-nums}
ul{margin:0;padding-left:20px}li{margin:6px 0;overflow-wrap:anywhere}
@media (max-width:520px){.rows>div{grid-template-columns:62px minmax(0,1fr)}.rows>div>:last-child{grid-column:1/-1}main{padding:14px 10px 40px}section{padding:11px}}
@media print{body{background:#fff}section{break-inside:avoid}}
)css";

const char kHtmlScript[] = R"js('use strict';
(function () {
  const data = JSON.parse(document.getElementById('data').textContent);
  const main = document.querySelector('main');
  const make = (tag, cls, text) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const draw = (parent, tag, attributes, text) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in attributes) e.setAttribute(name, attributes[name]);
    if (text !== undefined) e.textContent = text;
    parent.append(e);
    return e;
  };
  const section = (title, cls) => {
    const s = make('section', cls);
    if (title) s.append(make('h2', '', title));
    main.append(s);
    return s;
  };
  const two = (n) => String(n).padStart(2, '0');
  const clock = (s) => Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) + ':' + two(Math.floor(s % 60));
  const points = (text) => (text === '' ? [] : text.split(';').map((p) => p.split(',').map(Number)));
  const end = Math.max(data.seconds, 1);
  const word = {restart: 'restart, drain', join: 'start, replace', leave: 'decommission, remove', work: 'cleanup and the like',
                object: 'objects, templates', down: 'down'};
  const redraws = [];

  // ---- time on x
  const left = 34, right = 12;
  const scale = (width) => (t) => left + (width - left - right) * t / end;
  function axis(svg, width, height) {
    const x = scale(width);
    const steps = [10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000];
    const step = steps.find((s) => end / s <= Math.max(width / 80, 2)) || 2592000 * Math.ceil(end / 2592000 / 6);
    for (let t = 0; t <= end; t += step) {
      draw(svg, 'line', {x1: x(t), x2: x(t), y1: 16, y2: height, class: 'grid'});
      const last = x(t) > width - 40;
      draw(svg, 'text', {x: x(t), y: 11, 'text-anchor': t === 0 ? 'start' : last ? 'end' : 'middle'},
           step >= 60 ? clock(t).replace(/:\d\d$/, '') : clock(t));
    }
  }
  function faults(svg, width, height, marks) {
    const x = scale(width);
    for (const f of data.faults) {
      draw(svg, 'line', {x1: x(f.at), x2: x(f.at), y1: 16, y2: height, class: 'fault'});
      if (!marks) continue;
      const m = draw(svg, 'path', {d: `M${x(f.at) - 6} 15h12l-6 9z`, class: 'mark tip-on', tabindex: 0});
      m.dataset.tip = clock(f.at) + '  fault\n' + f.text;
    }
  }
  function picture(parent, label, paint) {
    const svg = draw(parent, 'svg', {role: 'img', 'aria-label': label});
    let drawn = 0;
    const again = () => {
      const width = Math.floor(svg.getBoundingClientRect().width);
      if (width < 60 || width === drawn) return;
      drawn = width;
      svg.replaceChildren();
      const height = paint(svg, width);
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      svg.setAttribute('height', height);
    };
    redraws.push(again);
    again();
  }

  // ---- what happens where
  function gantt() {
    const s = section('What happens');
    const used = new Set(data.bars.map((b) => b.group));
    const legend = make('div', 'legend');
    for (const group in word) {
      if (!used.has(group)) continue;
      const item = make('span');
      const box = make('i');
      box.style.background = `var(--${group})`;
      item.append(box, word[group]);
      legend.append(item);
    }
    if (data.faults.length) legend.append(make('span', '', '▼ fault'));
    s.append(legend);
    const racks = new Map();
    const place = (slot) => {
      const m = /^([^\/]+\/[^\/]+)(?:\/(\d+))?$/.exec(slot);
      return m ? [m[1], m[2] === undefined ? 'all' : m[2]] : ['the cluster', ''];
    };
    const rowOf = (slot) => {
      const [rack, row] = place(slot);
      if (!racks.has(rack)) racks.set(rack, new Map());
      if (!racks.get(rack).has(row)) racks.get(rack).set(row, []);
      return racks.get(rack).get(row);
    };
    for (const slot of data.slots) rowOf(slot);
    for (const b of data.bars) rowOf(b.slot).push(b);
    const order = (a) => (a === 'all' || a === '' ? -1 : Number(a));
    const names = [...racks.keys()].sort((a, b) => (a === 'the cluster' ? -1 : b === 'the cluster' ? 1 : a < b ? -1 : a > b ? 1 : 0));
    for (const name of names) {
      const rows = [...racks.get(name).entries()].sort((a, b) => order(a[0]) - order(b[0]));
      const bars = rows.reduce((n, r) => n + r[1].length, 0);
      const d = make('details');
      const nodes = rows.filter((r) => /^\d+$/.test(r[0])).length;
      const title = make('summary', '', name + ' ');
      title.append(make('span', 'soft', (nodes ? nodes + (nodes === 1 ? ' node, ' : ' nodes, ') : '') + bars + (bars === 1 ? ' bar' : ' bars')));
      d.append(title);
      s.append(d);
      const paint = () => picture(d, 'Gantt picture of ' + name, (svg, width) => {
        const x = scale(width), high = 20, top = 26, height = top + rows.length * high + 2;
        axis(svg, width, height);
        rows.forEach(([row, list], i) => {
          const y = top + i * high;
          draw(svg, 'line', {x1: left, x2: width - right, y1: y + high, y2: y + high, class: 'axis'});
          draw(svg, 'text', {x: left - 6, y: y + 14, 'text-anchor': 'end'}, row);
          for (const b of [...list].sort((p, q) => (q.group === 'down') - (p.group === 'down'))) {
            const w = Math.max(x(b.to) - x(b.from), 3);
            const down = b.group === 'down';
            const r = draw(svg, 'rect', {x: x(b.from), y: y + (down ? 1 : 4), width: w, height: down ? high - 2 : high - 7,
                                         rx: 3, class: b.group + ' tip-on bar', tabindex: 0});
            r.dataset.tip = `${b.slot} ${b.kind.replace(/_/g, ' ')}\n${clock(b.from)} – ${clock(b.to)}` + (b.text ? '\n' + b.text : '');
            const label = b.kind.replace(/_/g, ' ');
            if (!down && w > label.length * 6.4 + 8) draw(svg, 'text', {x: x(b.from) + 5, y: y + 14, class: 'in'}, label);
          }
        });
        faults(svg, width, height, true);
        return height;
      });
      if (data.slots.length <= 60) {
        d.open = true;
        paint();
      } else {
        d.addEventListener('toggle', () => { if (d.open && !d.querySelector('svg')) paint(); });
      }
    }
    if (!names.length) s.append(make('p', 'soft', 'Nothing.'));
  }

  // ---- replicas up
  function replicas() {
    if (!data.lines.length) return;
    const s = section('Replicas up');
    s.append(make('p', 'soft', data.lines_note));
    for (const line of data.lines) {
      const list = points(line.points);
      const lowest = list.reduce((n, p) => Math.min(n, p[1]), line.factor);
      s.append(make('h3', '', `${line.name}: at least ${lowest} of ${line.factor} up` + (line.need > 0 ? `, its level needs ${line.need}` : '')));
      picture(s, 'Replicas up of ' + line.name, (svg, width) => {
        const x = scale(width), top = 22, bottom = 82, height = 88;
        const y = (v) => bottom - (bottom - top) * v / Math.max(line.factor, 1);
        axis(svg, width, height);
        for (let v = 0; v <= line.factor; ++v) draw(svg, 'text', {x: left - 6, y: y(v) + 4, 'text-anchor': 'end'}, v);
        let path = '';
        list.forEach((p, i) => {
          const to = i + 1 < list.length ? list[i + 1][0] : end;
          path += (i ? `V${y(p[1])}` : `M${x(p[0])} ${y(p[1])}`) + `H${x(to)}`;
          if (p[1] < line.need) draw(svg, 'rect', {x: x(p[0]), y: y(line.need), width: Math.max(x(to) - x(p[0]), 2), height: bottom - y(line.need), class: 'under'});
        });
        if (line.need > 0) draw(svg, 'line', {x1: left, x2: width - right, y1: y(line.need) + 1.5, y2: y(line.need) + 1.5, class: 'need'});
        if (path) draw(svg, 'path', {d: path, class: 'up'});
        faults(svg, width, height, false);
        const over = draw(svg, 'rect', {x: left, y: 16, width: Math.max(width - left - right, 1), height: bottom - 10, fill: 'transparent', class: 'tip-on'});
        over.dataset.tip = line.name;
        over.tipAt = (event) => {
          const box = svg.getBoundingClientRect();
          const t = Math.min(end, Math.max(0, (event.clientX - box.left - left) / (width - left - right) * end));
          const p = list.filter((q) => q[0] <= t).pop();
          return clock(t) + '\n' + (p ? `${p[1]} of ${line.factor} up` : 'not there yet') + (line.need > 0 ? `, ${line.need} needed` : '');
        };
        return height;
      });
    }
  }

  // ---- disks
  function disks() {
    if (!data.disks.length) return;
    const s = section('Disk use');
    const groups = new Map();
    for (const d of data.disks) {
      const dc = d.slot.split('/')[0];
      if (!groups.has(dc)) groups.set(dc, []);
      groups.get(dc).push({slot: d.slot, list: points(d.points)});
    }
    for (const [dc, list] of groups) {
      const last = (d) => (d.list.length ? d.list[d.list.length - 1][1] : 0);
      const most = list.reduce((a, b) => (last(b) > last(a) ? b : a));
      s.append(make('h3', '', `${dc}: fullest at the end ${most.slot}, ${last(most)} %`));
      picture(s, 'Disk use in ' + dc, (svg, width) => {
        const x = scale(width), top = 22, bottom = 122, height = 128;
        const y = (v) => bottom - (bottom - top) * Math.min(v, 100) / 100;
        axis(svg, width, height);
        for (const v of [0, 50, 100]) {
          draw(svg, 'line', {x1: left, x2: width - right, y1: y(v), y2: y(v), class: 'axis'});
          draw(svg, 'text', {x: left - 4, y: y(v) + 4, 'text-anchor': 'end'}, v + '%');
        }
        faults(svg, width, height, false);
        for (const d of list) {
          const path = d.list.map((p, i) => (i ? 'L' : 'M') + x(p[0]) + ' ' + y(p[1])).join('');
          if (!path) continue;
          draw(svg, 'path', {d: path, class: 'disk'});
          draw(svg, 'path', {d: path, class: 'wide tip-on'}).dataset.tip = d.slot + '\n' + d.list[0][1] + ' % at first, ' + last(d) + ' % at the end';
        }
        return height;
      });
    }
  }

  // ---- words
  function list(title, items, cls) {
    if (!items.length) return;
    const ul = make('ul');
    for (const item of items) {
      const li = make('li', '', item.text);
      if (item.more) li.append(make('p', 'soft', item.more));
      ul.append(li);
    }
    section(title, cls).append(ul);
  }
  function history() {
    if (!data.events.length) return;
    const s = section('');
    const d = make('details');
    d.append(make('summary', '', `Everything in order (${data.events.length} lines)`));
    const rows = make('div', 'rows');
    d.addEventListener('toggle', () => {
      if (!d.open || rows.childElementCount) return;
      for (const e of data.events) {
        const row = make('div', e.kind === 'violation' ? 'violation' : e.kind === 'fault' ? 'fault-row' : '');
        row.append(make('time', '', e.when || clock(e.at)), make('span', '', e.kind), make('span', '', e.text));
        rows.append(row);
      }
    });
    d.append(rows);
    s.append(d);
  }

  list('What must never be', data.violations, 'bad');
  gantt();
  replicas();
  disks();
  list('Held', data.held);
  list('Findings', data.findings);
  history();

  // ---- what the pointer, a finger or the keyboard is on
  const tip = make('div');
  tip.id = 'tip';
  tip.hidden = true;
  tip.setAttribute('role', 'status');
  document.body.append(tip);
  const show = (target, event, x, y) => {
    tip.textContent = target.tipAt && event.clientX !== undefined ? target.tipAt(event) : target.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(6, Math.min(x + 12, innerWidth - box.width - 6)) + 'px';
    tip.style.top = (y + 18 + box.height > innerHeight ? Math.max(6, y - box.height - 10) : y + 18) + 'px';
  };
  const on = (event) => {
    const target = event.target.closest ? event.target.closest('[data-tip]') : null;
    if (target) show(target, event, event.clientX, event.clientY);
    else tip.hidden = true;
  };
  document.addEventListener('pointermove', on);
  document.addEventListener('pointerdown', on);
  document.addEventListener('focusin', (event) => {
    if (!event.target.matches || !event.target.matches('[data-tip]:focus-visible')) return;
    const box = event.target.getBoundingClientRect();
    show(event.target, {}, box.left, box.bottom - 12);
  });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') tip.hidden = true; });
  addEventListener('resize', () => redraws.forEach((f) => f()));
})();
)js";

}  // namespace cassplan::report
