// SPDX-License-Identifier: GPL-3.0-or-later
// The style sheet of the HTML report: the window's colours and type, light, dark and on paper.
#include "core/run/report_document.h"

namespace bitfront {

const char* const kReportStyle = R"css(:root {
  --window: #F6F6F8; --surface: #FFFFFF; --line: #E4E5EA; --strong: #CDD0D7; --grid: #EFF0F3;
  --track: #E9EAEE; --text: #1A1C20; --text2: #555B66; --text3: #6A707B; --accent: #4B4EC9;
  --fill: #5053D4; --soft: #EDEDFB; --warn: #8A5300; --warnsoft: #FBF3E4;
  --g1: #0072B2; --g2: #D55E00; --g3: #009E73; --g4: #CC79A7; --grey: #7F7F7F;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --window: #141618; --surface: #1B1E20; --line: #2B2F33; --strong: #41474D; --grid: #24282B;
    --track: #2B2F33; --text: #ECEDEF; --text2: #A9AFB8; --text3: #8C939D; --accent: #A5A7FF;
    --fill: #5A5DDC; --soft: #2A2B4A; --warn: #E9B35C; --warnsoft: #2A241A;
    --g1: #56B4E9; --g2: #E69F00; --g3: #009E73; --g4: #CC79A7; --grey: #8C8C8C;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--window); color: var(--text);
  font: 13px/1.55 Inter, "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif;
  -webkit-text-size-adjust: 100%; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
header { margin-bottom: 24px; }
h1 { font-size: 28px; line-height: 1.25; font-weight: 600; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 20px; font-weight: 600; margin: 40px 0 12px; }
h3 { font-size: 15px; font-weight: 600; margin: 24px 0 8px; overflow-wrap: anywhere; }
.lead { font-size: 15px; color: var(--text2); margin: 0; }
p { margin: 8px 0; max-width: 80ch; }
.note { color: var(--text2); }
.warning { background: var(--warnsoft); border-radius: 8px; padding: 8px 12px; max-width: none; }
.warning b { color: var(--warn); margin-right: 6px; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line);
  border-radius: 10px; padding: 4px 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { font-size: 11px; font-weight: 500; color: var(--text3); text-align: left; height: 28px;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
th, td { padding: 4px 8px; vertical-align: top; }
.n { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--soft); }
code { font: 12px/1.5 "JetBrains Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
td code { white-space: nowrap; }
.mark { width: 12px; height: 12px; margin-right: 8px; vertical-align: -1px; fill: currentColor;
  stroke: currentColor; stroke-width: 0; }
.mark.hollow { fill: none; stroke-width: 1.6; }
.g1 { color: var(--g1); } .g2 { color: var(--g2); } .g3 { color: var(--g3); } .g4 { color: var(--g4); }
.bar { display: inline-block; width: 44px; height: 6px; border-radius: 3px; background: var(--track);
  margin-right: 8px; vertical-align: 1px; overflow: hidden; }
.bar i { display: block; height: 6px; border-radius: 3px; background: var(--fill); }
dl { display: grid; grid-template-columns: minmax(88px, max-content) 1fr; gap: 6px 24px; margin: 0 0 12px;
  background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
dt { color: var(--text3); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
  padding: 16px; }
figure svg, figure img { display: block; width: 100%; height: auto; }
.plot text { fill: var(--text2); font-size: 11px; font-family: inherit; }
.plot .strong { fill: var(--text); font-weight: 500; }
.plot .grid { stroke: var(--grid); } .plot .base { stroke: var(--strong); }
.plot .front { stroke: var(--text); stroke-width: 1.5; fill: none; }
.plot .floor { stroke: var(--text3); stroke-dasharray: 5 4; }
.plot .lane { stroke: var(--line); }
.plot .leader { stroke: var(--text3); stroke-width: 0.7; }
.plot .p { stroke: currentColor; fill: currentColor; stroke-width: 1; }
.plot .beaten { fill-opacity: 0.35; }
.plot .hollow { fill: var(--surface); stroke-width: 1.6; }
.plot .low { color: var(--grey); fill: none; }
.plot .star { color: var(--text); }
footer { margin-top: 40px; color: var(--text3); font-size: 11px; }
@media (max-width: 640px) {
  main { padding: 24px 12px 40px; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; }
}
@media print {
  body { background: none; font-size: 10px; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; border: 0; padding: 0; } figure, dl { border: 0; padding: 0; }
  h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; } thead { display: table-header-group; }
  td code { white-space: normal; } code { font-size: 9px; }
  .bar, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm; size: landscape; }
}
)css";

} // namespace bitfront
