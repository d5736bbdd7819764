//! The shapes, in a field of 400 by 400; they stand at a height of 320. `$m`, `$d` and `$l` are the main, dark and light tone.

/// Each shape by its name.
pub(super) const SHAPES: [(&str, &str); 31] = [
    (
        "mug",
        r#"<path d="M270 165h28a42 42 0 0 1 0 98h-34" fill="none" stroke="$d" stroke-width="20"/><path d="M110 130h170v150a40 40 0 0 1-40 40h-90a40 40 0 0 1-40-40z" fill="$m"/><path d="M110 130h40v190a40 40 0 0 1-40-40z" fill="$d" opacity=".25"/><ellipse cx="195" cy="130" rx="85" ry="18" fill="$l"/>"#,
    ),
    (
        "bowl",
        r#"<path d="M80 190h240a120 120 0 0 1-80 122h-80a120 120 0 0 1-80-122z" fill="$m"/><ellipse cx="200" cy="190" rx="120" ry="26" fill="$l"/><path d="M160 306h80v14h-80z" fill="$d"/>"#,
    ),
    (
        "plate",
        r#"<ellipse cx="200" cy="270" rx="140" ry="46" fill="$d"/><ellipse cx="200" cy="262" rx="140" ry="46" fill="$m"/><ellipse cx="200" cy="262" rx="92" ry="28" fill="$l"/>"#,
    ),
    (
        "teapot",
        r#"<path d="M280 190c60-10 60 90-10 90" fill="none" stroke="$d" stroke-width="18"/><path d="M118 220 60 170l-14 12 64 84z" fill="$d"/><ellipse cx="200" cy="240" rx="100" ry="80" fill="$m"/><path d="M140 178a60 26 0 0 1 120 0z" fill="$l"/><circle cx="200" cy="144" r="13" fill="$d"/>"#,
    ),
    (
        "board",
        r#"<rect x="110" y="110" width="180" height="210" rx="26" fill="$m"/><path d="M130 160h140M130 210h140M130 260h140" stroke="$d" stroke-width="5" opacity=".35"/><circle cx="200" cy="132" r="11" fill="$l"/>"#,
    ),
    (
        "knife",
        r#"<path d="M190 70c46 40 46 110 26 150h-26z" fill="$l" stroke="$d" stroke-width="4"/><rect x="184" y="220" width="34" height="100" rx="12" fill="$m"/><path d="M201 244v2M201 282v2" stroke="$d" stroke-width="9" stroke-linecap="round"/>"#,
    ),
    (
        "lamp",
        r#"<path d="M150 90h100l46 110H104z" fill="$m"/><path d="M150 90h34l-22 110h-58z" fill="$l"/><path d="M192 200h16v100h-16z" fill="$d"/><ellipse cx="200" cy="308" rx="66" ry="13" fill="$d"/>"#,
    ),
    (
        "lantern",
        r#"<path d="M160 100a40 40 0 0 1 80 0" fill="none" stroke="$d" stroke-width="9"/><path d="m200 92 70 48H130z" fill="$d"/><rect x="134" y="140" width="132" height="162" rx="8" fill="$l"/><path d="M134 140v162M200 140v162M266 140v162" stroke="$d" stroke-width="8"/><path d="M200 190c26 30 20 62 0 62s-26-32 0-62z" fill="$m"/><rect x="120" y="300" width="160" height="20" rx="5" fill="$d"/>"#,
    ),
    (
        "candle",
        r#"<path d="M200 84c30 36 22 66 0 66s-30-30 0-66z" fill="$l" stroke="$m" stroke-width="5"/><path d="M200 146v22" stroke="$d" stroke-width="6"/><rect x="140" y="168" width="120" height="152" rx="12" fill="$m"/><rect x="140" y="168" width="34" height="152" rx="12" fill="$l" opacity=".5"/>"#,
    ),
    (
        "lights",
        r#"<path d="M40 120q80 90 160 20t160 20" fill="none" stroke="$d" stroke-width="5"/><g fill="$m"><circle cx="84" cy="176" r="22"/><circle cx="150" cy="190" r="22"/><circle cx="214" cy="154" r="22"/><circle cx="282" cy="142" r="22"/><circle cx="334" cy="174" r="22"/></g><g fill="$l"><circle cx="78" cy="170" r="8"/><circle cx="144" cy="184" r="8"/><circle cx="208" cy="148" r="8"/><circle cx="276" cy="136" r="8"/><circle cx="328" cy="168" r="8"/></g>"#,
    ),
    (
        "pendant",
        r#"<path d="M200 20v100" stroke="$d" stroke-width="6"/><path d="M90 250a110 120 0 0 1 220 0z" fill="$m"/><path d="M90 250a110 120 0 0 1 70-112 160 160 0 0 0-24 112z" fill="$l" opacity=".6"/><ellipse cx="200" cy="250" rx="110" ry="20" fill="$d"/><circle cx="200" cy="262" r="24" fill="$l"/>"#,
    ),
    (
        "cushion",
        r#"<path d="M96 128q104 26 208 0 12 8 6 20-24 72 0 152 0 16-14 20-96-24-192 0-14-4-14-20 24-80 0-152-6-12 6-20z" fill="$m"/><path d="M140 170h120v100H140z" fill="none" stroke="$l" stroke-width="8" stroke-dasharray="4 16" stroke-linecap="round"/>"#,
    ),
    (
        "blanket",
        r#"<path d="M90 190h220v130H90z" fill="$m"/><path d="M90 160q0-30 30-30h160q30 0 30 30v40H90z" fill="$d"/><path d="M90 240h220M90 276h220" stroke="$l" stroke-width="12"/><path d="M96 320v14m24-14v14m24-14v14m24-14v14m24-14v14m24-14v14m24-14v14m24-14v14m24-14v14" stroke="$d" stroke-width="4"/>"#,
    ),
    (
        "towel",
        r#"<path d="M100 104h200" stroke="$d" stroke-width="12" stroke-linecap="round"/><path d="M134 104h132v216H134z" fill="$m"/><path d="M134 262h132M134 288h132" stroke="$l" stroke-width="10"/><path d="M134 104h36v216h-36z" fill="$d" opacity=".18"/>"#,
    ),
    (
        "rug",
        r#"<path d="m110 180 180 0 50 130H60z" fill="$m"/><path d="m132 204 136 0 30 82H102z" fill="none" stroke="$l" stroke-width="8"/><path d="m200 216 44 30-44 28-44-28z" fill="$d"/>"#,
    ),
    (
        "apron",
        r#"<path d="M160 98q40-76 80 0" fill="none" stroke="$d" stroke-width="8"/><path d="M160 96h80l16 90 34 14v120H110V200l34-14z" fill="$m"/><rect x="154" y="226" width="92" height="56" rx="6" fill="$l"/><path d="M110 212 60 236m230-24 50 24" stroke="$d" stroke-width="8" stroke-linecap="round"/>"#,
    ),
    (
        "tee",
        r#"<path d="m150 92 50 18 50-18 80 50-30 56-34-18v140H134V180l-34 18-30-56z" fill="$m"/><path d="M150 92a50 36 0 0 0 100 0l-14-5a36 22 0 0 1-72 0z" fill="$d"/>"#,
    ),
    (
        "scarf",
        r#"<path d="M120 110q80 60 160 0l14 40q-94 70-188 0z" fill="$m"/><path d="m214 168 56-20 34 160h-62z" fill="$d"/><path d="m226 240 60-8m-54 38 60-8" stroke="$l" stroke-width="10"/>"#,
    ),
    (
        "beanie",
        r#"<path d="M104 250a96 120 0 0 1 192 0z" fill="$m"/><rect x="92" y="244" width="216" height="60" rx="22" fill="$d"/><circle cx="200" cy="120" r="30" fill="$l"/><path d="M140 250v48m40-48v48m40-48v48m40-48v48" stroke="$m" stroke-width="6"/>"#,
    ),
    (
        "tote",
        r#"<path d="M150 170v-30a50 50 0 0 1 100 0v30" fill="none" stroke="$d" stroke-width="12"/><path d="M104 164h192l14 156H90z" fill="$m"/><circle cx="200" cy="244" r="34" fill="$l"/>"#,
    ),
    (
        "socks",
        r#"<path d="M120 90h64v120l-30 82a32 32 0 0 1-62-22l28-60z" fill="$m"/><path d="M216 90h64v120l-30 82a32 32 0 0 1-62-22l28-60z" fill="$m"/><path d="M120 90h64v26h-64zM216 90h64v26h-64z" fill="$d"/><path d="M120 150h64m32 0h64" stroke="$l" stroke-width="12"/>"#,
    ),
    (
        "notebook",
        r#"<rect x="116" y="92" width="176" height="228" rx="10" fill="$m"/><path d="M116 102a10 10 0 0 1 10-10h24v228h-24a10 10 0 0 1-10-10z" fill="$d"/><rect x="176" y="132" width="90" height="46" rx="6" fill="$l"/><path d="M272 92v228" stroke="$d" stroke-width="6"/>"#,
    ),
    (
        "pen",
        r#"<path d="m120 280 130-170 44 34-130 170-56 18z" fill="$m"/><path d="m120 280-12 52 56-18z" fill="$l"/><path d="m250 110 14-18q12-14 28-2l14 11q14 12 3 28l-15 15z" fill="$d"/>"#,
    ),
    (
        "calendar",
        r#"<rect x="96" y="110" width="208" height="200" rx="14" fill="$l"/><path d="M96 124a14 14 0 0 1 14-14h180a14 14 0 0 1 14 14v40H96z" fill="$m"/><path d="M140 92v36m120-36v36" stroke="$d" stroke-width="12" stroke-linecap="round"/><g fill="$d" opacity=".55"><path d="M124 190h28v24h-28zm62 0h28v24h-28zm62 0h28v24h-28zm-124 56h28v24h-28zm62 0h28v24h-28z"/></g><path d="M248 246h28v24h-28z" fill="$m"/>"#,
    ),
    (
        "tidy",
        r#"<path d="M160 80v120m36-140v140m40-110v110" stroke="$d" stroke-width="14" stroke-linecap="round"/><path d="M120 184h160l-12 136H132z" fill="$m"/><path d="M120 184h40l4 136h-32z" fill="$l" opacity=".5"/>"#,
    ),
    (
        "coffee",
        r#"<path d="M130 110h140l16 210H114z" fill="$m"/><path d="M130 110h140v-26H130z" fill="$d"/><circle cx="200" cy="220" r="46" fill="$l"/><path d="M184 190c34 10-4 50 30 60" fill="none" stroke="$d" stroke-width="9" stroke-linecap="round"/>"#,
    ),
    (
        "tin",
        r#"<rect x="124" y="140" width="152" height="180" rx="12" fill="$m"/><rect x="116" y="104" width="168" height="48" rx="10" fill="$d"/><rect x="148" y="190" width="104" height="80" rx="8" fill="$l"/><path d="M176 244c0-30 24-34 48-34 0 28-20 40-48 34z" fill="$d"/>"#,
    ),
    (
        "jar",
        r#"<rect x="140" y="92" width="120" height="36" rx="8" fill="$d"/><path d="M132 128h136q26 16 26 48v108a36 36 0 0 1-36 36H142a36 36 0 0 1-36-36V176q0-32 26-48z" fill="$m"/><rect x="136" y="196" width="128" height="76" rx="10" fill="$l"/><path d="m200 208 26 15v26l-26 15-26-15v-26z" fill="$m"/>"#,
    ),
    (
        "chocolate",
        r#"<rect x="126" y="90" width="148" height="230" rx="8" fill="$d"/><path d="M138 102h58v48h-58zm68 0h58v48h-58zm-68 58h58v48h-58zm68 0h58v48h-58z" fill="$m"/><path d="M116 220h168v100H116z" fill="$l"/><path d="M140 262h120" stroke="$d" stroke-width="8" stroke-linecap="round"/>"#,
    ),
    (
        "bottle",
        r#"<rect x="178" y="70" width="44" height="34" rx="6" fill="$d"/><path d="M180 104h40v44q44 20 44 66v86a20 20 0 0 1-20 20h-88a20 20 0 0 1-20-20v-86q0-46 44-66z" fill="$m"/><rect x="150" y="216" width="100" height="66" rx="8" fill="$l"/><path d="M200 228c22 18 14 42 0 42s-22-24 0-42z" fill="$m"/>"#,
    ),
    (
        "card",
        r#"<rect x="80" y="140" width="240" height="160" rx="16" fill="$m"/><path d="M80 196h240" stroke="$l" stroke-width="18"/><path d="M200 140v160" stroke="$l" stroke-width="18"/><path d="M200 196c-40-60-76-24-44 0s44 0 44 0c40-60 76-24 44 0s-44 0-44 0z" fill="none" stroke="$d" stroke-width="9"/>"#,
    ),
];
