// SPDX-License-Identifier: Apache-2.0

/// How a page looks: the style sheet, in the page itself.
enum PageStyle {
    static let sheet: HTML = """
        :root {
          --paper: #fbfaf7; --card: #ffffff; --ink: #22262b; --quiet: #6a6f76; --line: #e4e1d9;
          --indigo: #2b4a78; --red: #a63d2a; --red-soft: #fbeeea; --green: #38693a; --green-soft: #edf5ea;
          --amber: #8a6414; --code: #f6f4ef;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #16181c; --card: #1d2025; --ink: #e3e1da; --quiet: #979ba2; --line: #30343b;
            --indigo: #93b1e0; --red: #e8917d; --red-soft: #34211d; --green: #93c58f; --green-soft: #1d2b1e;
            --amber: #d9b45f; --code: #1a1d21;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.65 system-ui, "Noto Sans", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif;
        }
        header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
        header { padding-top: 3.5rem; }
        .kind { margin: 0; color: var(--indigo); letter-spacing: .04em; }
        h1 { margin: .3rem 0 .8rem; font-size: 2rem; line-height: 1.3; font-weight: 650; text-wrap: balance; }
        h2 {
          margin: 3.2rem 0 1rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line);
          font-size: 1.25rem; font-weight: 650;
        }
        h3 { margin: 0 0 .4rem; font-size: 1rem; font-weight: 600; }
        h4 { margin: 1.2rem 0 .4rem; font-size: .9rem; font-weight: 500; }
        p { margin: .4rem 0; max-width: 52rem; }
        a { color: var(--indigo); text-underline-offset: .15em; text-decoration-thickness: 1px; }
        code, pre { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", "Noto Sans Mono", Consolas, monospace; }
        code { font-size: .88em; overflow-wrap: anywhere; }
        .quiet { color: var(--quiet); font-size: .9em; }
        .chips:empty { display: none; }
        .chip {
          display: inline-block; margin: 0 .4rem .4rem 0; padding: .1rem .7rem; border: 1px solid var(--line);
          border-radius: 1rem; font-size: .88rem; color: var(--indigo); background: var(--card);
        }
        .verdict { margin: 1.2rem 0 1.6rem; padding: .7rem 1rem; max-width: none; border-radius: .4rem; }
        .verdict span { color: var(--quiet); }
        .verdict span::before { content: "·"; margin: 0 .6rem; }
        .verdict.good { background: var(--green-soft); } .verdict.good strong { color: var(--green); }
        .verdict.bad { background: var(--red-soft); } .verdict.bad strong { color: var(--red); }
        dl.facts { margin: 0; }
        dl.facts > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: .12rem 0; }
        dl.facts dt { color: var(--quiet); overflow-wrap: anywhere; }
        dl.facts dd { margin: 0; overflow-wrap: anywhere; }
        .finding {
          margin: 0 0 1rem; padding: .9rem 1.2rem; background: var(--card); border: 1px solid var(--line);
          border-left: 4px solid var(--line); border-radius: .4rem; break-inside: avoid;
        }
        .finding.blocks { border-left-color: var(--red); }
        .finding.waived { border-left-color: var(--amber); }
        .label {
          display: inline-block; margin-right: .6rem; padding: 0 .5rem; border-radius: .25rem; font-size: .8rem;
          font-weight: 500; color: var(--quiet); border: 1px solid var(--line);
        }
        .blocks .label { color: var(--red); border-color: var(--red); }
        .waived .label { color: var(--amber); border-color: var(--amber); }
        .rule { margin-left: .3rem; color: var(--quiet); font-weight: 400; }
        .about { max-width: none; }
        .facts-list { margin: .3rem 0; padding-left: 1.2rem; font-size: .94em; }
        .advice strong, .waiver strong { margin-right: .4rem; font-weight: 600; }
        .waiver { padding-top: .4rem; border-top: 1px dashed var(--line); }
        ul.contents { margin: 0 0 1.6rem; padding: 0; list-style: none; columns: 20rem auto; }
        ul.inline { display: flex; flex-wrap: wrap; gap: 0 1.2rem; margin: 0; padding: 0; list-style: none; }
        .hazards li { max-width: 52rem; margin: .3rem 0; }
        .function { margin: 2rem 0 2.6rem; }
        .function > h3 { font-size: 1.08rem; }
        .function > dl { margin-bottom: .8rem; }
        .code {
          overflow: hidden; border: 1px solid var(--line); border-radius: .4rem; background: var(--card);
          font-size: .8125rem; line-height: 1.6;
        }
        .code code { font-size: 1em; }
        .row { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
        .row > span { display: flex; padding: 0 .7rem 0 0; border-left: 1px solid var(--line); }
        .row > span:first-child { border-left: 0; }
        .row i {
          flex: 0 0 3.6rem; padding-right: .8rem; text-align: right; color: var(--quiet); font-style: normal;
          font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; opacity: .75; user-select: none;
        }
        .row b { font-weight: 600; }
        .row.same code { color: var(--quiet); } .row.same b { font-weight: 500; }
        .row.head { border-bottom: 1px solid var(--line); color: var(--quiet); }
        .row.head > span { padding: .2rem .9rem; }
        .row.replaced .old, .row.removed .old { background: var(--red-soft); }
        .row.replaced .new, .row.added .new { background: var(--green-soft); }
        .row.replaced .old b, .row.removed .old b { color: var(--red); }
        .row.replaced .new b, .row.added .new b { color: var(--green); }
        .none { background: repeating-linear-gradient(135deg, transparent 0 5px, var(--code) 5px 10px); }
        .code details { border-block: 1px solid var(--line); }
        .code details + details { border-top: 0; }
        .code summary, .function > details > summary {
          padding: .15rem .9rem; color: var(--indigo); background: var(--code); cursor: pointer;
        }
        pre.diff {
          margin: 0; padding: .8rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem;
          background: var(--card); font-size: .8125rem; line-height: 1.55; tab-size: 8;
        }
        .diff span { display: block; padding: 0 1rem; min-width: max-content; }
        .diff .add { background: var(--green-soft); color: var(--green); }
        .diff .del { background: var(--red-soft); color: var(--red); }
        .diff .hunk { margin-top: .5rem; color: var(--indigo); } .diff .file { font-weight: 600; }
        main { padding-bottom: 5rem; }
        @media (max-width: 47rem) {
          header, main { padding-inline: 1rem; } header { padding-top: 1.6rem; }
          h1 { font-size: 1.5rem; }
          dl.facts > div { grid-template-columns: 1fr; padding: .25rem 0; }
          .row { grid-template-columns: 1fr; }
          .row > span { border-left: 0; }
          .row.same .old, .row .none, .row.head { display: none; }
          .row i { flex-basis: 2.6rem; padding-right: .6rem; }
        }
        @media print {
          :root {
            --paper: #fff; --card: #fff; --ink: #000; --quiet: #555; --line: #bbb; --red-soft: #f6e4e0;
            --green-soft: #e5f0e2; --code: #f2f2f2; --indigo: #223; --red: #822; --green: #252; --amber: #640;
          }
          body { font-size: 10pt; } header { padding-top: 0; } .code, pre.diff { font-size: 7.5pt; }
          pre.diff { white-space: pre-wrap; } .diff span { min-width: 0; }
          .row { break-inside: avoid; }
        }
        """
}
