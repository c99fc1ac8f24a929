package views

// iconShapes returns the shapes of an icon in a box of 24, "" for an unknown name. The
// shapes are those of lucide-static 1.62.0, ISC licence (lucide.LICENSE).
func iconShapes(name string) string {
	switch name {
	case "scan-qr-code":
		return `<path d="M17 12v4a1 1 0 0 1-1 1h-4"/><path d="M17 3h2a2 2 0 0 1 2 2v2"/>` +
			`<path d="M17 8V7"/><path d="M21 17v2a2 2 0 0 1-2 2h-2"/>` +
			`<path d="M3 7V5a2 2 0 0 1 2-2h2"/><path d="M7 17h.01"/>` +
			`<path d="M7 21H5a2 2 0 0 1-2-2v-2"/><rect x="7" y="7" width="5" height="5" rx="1"/>`
	case "chart-column":
		return `<path d="M3 3v16a2 2 0 0 0 2 2h16"/><path d="M18 17V9"/><path d="M13 17V5"/>` +
			`<path d="M8 17v-3"/>`
	case "key-round":
		return `<path d="M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1` +
			` 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586` +
			`l.814-.814a6.5 6.5 0 1 0-4-4z"/>` +
			`<circle cx="16.5" cy="7.5" r=".5" fill="currentColor"/>`
	case "notebook-text":
		return `<path d="M2 6h4"/><path d="M2 10h4"/><path d="M2 14h4"/><path d="M2 18h4"/>` +
			`<rect width="16" height="20" x="4" y="2" rx="2"/><path d="M9.5 8h5"/>` +
			`<path d="M9.5 12H16"/><path d="M9.5 16H14"/>`
	case "credit-card":
		return `<rect width="20" height="14" x="2" y="5" rx="2"/>` +
			`<line x1="2" x2="22" y1="10" y2="10"/><path d="M6 14h2"/>`
	case "wallet":
		return `<path d="M19 7V4a1 1 0 0 0-1-1H5a2 2 0 0 0 0 4h15a1 1 0 0 1 1 1v4h-3a2 2 0 0 0` +
			` 0 4h3a1 1 0 0 0 1-1v-2a1 1 0 0 0-1-1"/>` +
			`<path d="M3 5v14a2 2 0 0 0 2 2h15a1 1 0 0 0 1-1v-4"/>`
	case "id-card":
		return `<path d="M13 19a4 4 0 00-8 0"/><path d="M16 10h2"/><path d="M16 14h2"/>` +
			`<circle cx="9" cy="12" r="3"/><rect x="2" y="5" width="20" height="14" rx="2"/>`
	case "key":
		return `<path d="m2 21 9.6-9.6"/>` +
			`<path d="m7.5 15.5 2.3 2.3a1 1 0 0 1 0 1.4l-2.1 2.1a1 1 0 0 1-1.4 0L4 19"/>` +
			`<circle cx="15.5" cy="7.5" r="5.5"/>`
	case "file-text":
		return `<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588` +
			` 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z"/>` +
			`<path d="M14 2v5a1 1 0 0 0 1 1h5"/><path d="M10 9H8"/><path d="M16 13H8"/>` +
			`<path d="M16 17H8"/>`
	case "braces":
		return `<path d="M8 3H7a2 2 0 0 0-2 2v5a2 2 0 0 1-2 2 2 2 0 0 1 2 2v5c0 1.1.9 2 2 2h1"/>` +
			`<path d="M16 21h1a2 2 0 0 0 2-2v-5c0-1.1.9-2 2-2a2 2 0 0 1-2-2V5a2 2 0 0 0-2-2` +
			`h-1"/>`
	case "landmark":
		return `<path d="M10 18v-7"/>` +
			`<path d="M11.119 2.205a2 2 0 0 1 1.762 0l7.84 3.846A.5.5 0 0 1 20.5 7h-17a.5.5` +
			` 0 0 1-.22-.949z"/><path d="M14 18v-7"/><path d="M18 18v-7"/>` +
			`<path d="M3 22h18"/><path d="M6 18v-7"/>`
	case "database":
		return `<ellipse cx="12" cy="5" rx="9" ry="3"/><path d="M3 5V19A9 3 0 0 0 21 19V5"/>` +
			`<path d="M3 12A9 3 0 0 0 21 12"/>`
	case "car":
		return `<path d="M19 17h2c.6 0 1-.4 1-1v-3c0-.9-.7-1.7-1.5-1.9C18.7 10.6 16 10 16 10` +
			`s-1.3-1.4-2.2-2.3c-.5-.4-1.1-.7-1.8-.7H5c-.6 0-1.1.4-1.4.9l-1.4 2.9A3.7 3.7 0 0` +
			` 0 2 12v4c0 .6.4 1 1 1h2"/><circle cx="7" cy="17" r="2"/><path d="M9 17h6"/>` +
			`<circle cx="17" cy="17" r="2"/>`
	case "mail":
		return `<path d="m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7"/>` +
			`<rect x="2" y="4" width="20" height="16" rx="2"/>`
	case "heart-pulse":
		return `<path d="M2 9.5a5.5 5.5 0 0 1 9.591-3.676.56.56 0 0 0 .818 0A5.49 5.49 0 0 1 22` +
			` 9.5c0 2.29-1.5 4-3 5.5l-5.492 5.313a2 2 0 0 1-3 .019L5 15` +
			`c-1.5-1.5-3-3.2-3-5.5"/><path d="M3.22 13H9.5l.5-1 2 4.5 2-7 1.5 3.5h5.27"/>`
	case "ticket":
		return `<path d="M2 9a3 3 0 0 1 0 6v2a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-2a3 3 0 0 1 0-6V7` +
			`a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2Z"/><path d="M13 5v2"/><path d="M13 17v2"/>` +
			`<path d="M13 11v2"/>`
	case "tent":
		return `<path d="M3.5 21 14 3"/><path d="M20.5 21 10 3"/>` +
			`<path d="M15.5 21 12 15l-3.5 6"/><path d="M2 21h20"/>`
	case "book-user":
		return `<path d="M15 13a3 3 0 1 0-6 0"/>` +
			`<path d="M4 19.5v-15A2.5 2.5 0 0 1 6.5 2H19a1 1 0 0 1 1 1v18a1 1 0 0 1-1 1H6.5` +
			`a1 1 0 0 1 0-5H20"/><circle cx="12" cy="8" r="2"/>`
	case "gift":
		return `<path d="M12 7v14"/><path d="M20 11v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-8"/>` +
			`<path d="M7.5 7a1 1 0 0 1 0-5A4.8 8 0 0 1 12 7a4.8 8 0 0 1 4.5-5 1 1 0 0 1 0` +
			` 5"/><rect x="3" y="7" width="18" height="4" rx="1"/>`
	case "router":
		return `<rect width="20" height="8" x="2" y="14" rx="2"/><path d="M6.01 18H6"/>` +
			`<path d="M10.01 18H10"/><path d="M15 10v4"/>` +
			`<path d="M17.84 7.17a4 4 0 0 0-5.66 0"/>` +
			`<path d="M20.66 4.34a8 8 0 0 0-11.31 0"/>`
	case "server":
		return `<rect width="20" height="8" x="2" y="2" rx="2" ry="2"/>` +
			`<rect width="20" height="8" x="2" y="14" rx="2" ry="2"/>` +
			`<line x1="6" x2="6.01" y1="6" y2="6"/><line x1="6" x2="6.01" y1="18" y2="18"/>`
	case "square-terminal":
		return `<path d="m7 11 2-2-2-2"/><path d="M11 13h4"/>` +
			`<rect width="18" height="18" x="3" y="3" rx="2" ry="2"/>`
	case "hash":
		return `<line x1="4" x2="20" y1="9" y2="9"/><line x1="4" x2="20" y1="15" y2="15"/>` +
			`<line x1="10" x2="8" y1="3" y2="21"/><line x1="16" x2="14" y1="3" y2="21"/>`
	case "app-window":
		return `<rect x="2" y="4" width="20" height="16" rx="2"/><path d="M10 4v4"/>` +
			`<path d="M2 8h20"/><path d="M6 4v4"/>`
	case "user":
		return `<path d="M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2"/><circle cx="12" cy="7" r="4"/>`
	case "box":
		return `<path d="M21 8a2 2 0 0 0-1-1.73l-7-4a2 2 0 0 0-2 0l-7 4A2 2 0 0 0 3 8v8a2 2 0 0` +
			` 0 1 1.73l7 4a2 2 0 0 0 2 0l7-4A2 2 0 0 0 21 16Z"/>` +
			`<path d="m3.3 7 8.7 5 8.7-5"/><path d="M12 22V12"/>`
	case "list-filter":
		return `<path d="M3 6h18"/><path d="M7 12h10"/><path d="M10 18h4"/>`
	case "search":
		return `<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/>`
	case "link":
		return `<path d="M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71"/>` +
			`<path d="M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71"/>`
	case "clock":
		return `<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>`
	case "shield":
		return `<path d="M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1` +
			` 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5` +
			`a1 1 0 0 1 1 1z"/>`
	case "users":
		return `<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/>` +
			`<path d="M16 3.128a4 4 0 0 1 0 7.744"/><path d="M22 21v-2a4 4 0 0 0-3-3.87"/>` +
			`<circle cx="9" cy="7" r="4"/>`
	case "archive":
		return `<rect width="20" height="5" x="2" y="3" rx="1"/>` +
			`<path d="M4 8v11a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8"/><path d="M10 12h4"/>`
	case "scroll-text":
		return `<path d="M15 12h-5"/><path d="M15 8h-5"/><path d="M19 17V5a2 2 0 0 0-2-2H4"/>` +
			`<path d="M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4` +
			` 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3"/>`
	case "log-out":
		return `<path d="m16 17 5-5-5-5"/><path d="M21 12H9"/>` +
			`<path d="M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4"/>`
	case "sun-moon":
		return `<path d="M12 2v2"/>` +
			`<path d="M14.837 16.385a6 6 0 1 1-7.223-7.222c.624-.147.97.66.715 1.248a4 4 0 0` +
			` 0 5.26 5.259c.589-.255 1.396.09 1.248.715"/><path d="M16 12a4 4 0 0 0-4-4"/>` +
			`<path d="m19 5-1.256 1.256"/><path d="M20 12h2"/>`
	case "menu":
		return `<path d="M4 5h16"/><path d="M4 12h16"/><path d="M4 19h16"/>`
	case "copy":
		return `<rect width="14" height="14" x="8" y="8" rx="2" ry="2"/>` +
			`<path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"/>`
	case "eye":
		return `<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0` +
			` .696 10.75 10.75 0 0 1-19.876 0"/><circle cx="12" cy="12" r="3"/>`
	case "check":
		return `<path d="M20 6 9 17l-5-5"/>`
	case "x":
		return `<path d="M18 6 6 18"/><path d="m6 6 12 12"/>`
	case "ban":
		return `<circle cx="12" cy="12" r="10"/><path d="M4.929 4.929 19.07 19.071"/>`
	case "globe":
		return `<circle cx="12" cy="12" r="10"/>` +
			`<path d="M12 2a14.5 14.5 0 0 0 0 20 14.5 14.5 0 0 0 0-20"/><path d="M2 12h20"/>`
	case "building-2":
		return `<path d="M10 12h4"/><path d="M10 8h4"/><path d="M14 21v-3a2 2 0 0 0-4 0v3"/>` +
			`<path d="M6 10H4a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2` +
			`h-2"/><path d="M6 21V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v16"/>`
	case "triangle-alert":
		return `<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0` +
			` 1.73-3"/><path d="M12 9v4"/><path d="M12 17h.01"/>`
	case "info":
		return `<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>`
	case "chevron-right":
		return `<path d="m9 18 6-6-6-6"/>`
	case "external-link":
		return `<path d="M15 3h6v6"/><path d="M10 14 21 3"/>` +
			`<path d="M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6"/>`
	case "plus":
		return `<path d="M5 12h14"/><path d="M12 5v14"/>`
	case "rotate-cw":
		return `<path d="M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8"/><path d="M21 3v5h-5"/>`
	case "lock":
		return `<rect width="18" height="11" x="3" y="11" rx="2" ry="2"/>` +
			`<path d="M7 11V7a5 5 0 0 1 10 0v4"/>`
	case "paperclip":
		return `<path d="m16 6-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1` +
			` 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551"/>`
	case "inbox":
		return `<polyline points="22 12 16 12 14 15 10 15 8 12 2 12"/>` +
			`<path d="M5.45 5.11 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.45-6.89A2 2 0 0` +
			` 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z"/>`
	case "unlink":
		return `<path d="m18.84 12.25 1.72-1.71h-.02a5.004 5.004 0 0 0-.12-7.07 5.006 5.006 0 0` +
			` 0-6.95 0l-1.72 1.71"/>` +
			`<path d="m5.17 11.75-1.71 1.71a5.004 5.004 0 0 0 .12 7.07 5.006 5.006 0 0 0` +
			` 6.95 0l1.71-1.71"/><line x1="8" x2="8" y1="2" y2="5"/>` +
			`<line x1="2" x2="5" y1="8" y2="8"/><line x1="16" x2="16" y1="19" y2="22"/>` +
			`<line x1="19" x2="22" y1="16" y2="16"/>`
	case "circle-check":
		return `<circle cx="12" cy="12" r="10"/><path d="m16 9-5.5 5.5L8 12"/>`
	case "upload":
		return `<path d="M12 3v12"/><path d="m17 8-5-5-5 5"/>` +
			`<path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"/>`
	case "download":
		return `<path d="M12 15V3"/><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"/>` +
			`<path d="m7 10 5 5 5-5"/>`
	case "share-2":
		return `<circle cx="18" cy="5" r="3"/><circle cx="6" cy="12" r="3"/>` +
			`<circle cx="18" cy="19" r="3"/>` +
			`<line x1="8.59" x2="15.42" y1="13.51" y2="17.49"/>` +
			`<line x1="15.41" x2="8.59" y1="6.51" y2="10.49"/>`
	case "ellipsis":
		return `<circle cx="12" cy="12" r="1"/><circle cx="19" cy="12" r="1"/>` +
			`<circle cx="5" cy="12" r="1"/>`
	case "grip-vertical":
		return `<circle cx="9" cy="12" r="1"/><circle cx="9" cy="5" r="1"/>` +
			`<circle cx="9" cy="19" r="1"/><circle cx="15" cy="12" r="1"/>` +
			`<circle cx="15" cy="5" r="1"/><circle cx="15" cy="19" r="1"/>`
	case "arrow-up":
		return `<path d="m5 12 7-7 7 7"/><path d="M12 19V5"/>`
	case "arrow-down":
		return `<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>`
	case "trash-2":
		return `<path d="M10 11v6"/><path d="M14 11v6"/><path d="M3 6h18"/>` +
			`<path d="M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6"/>` +
			`<path d="M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"/>`
	case "pencil":
		return `<path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83` +
			`l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z"/>` +
			`<path d="m15 5 4 4"/>`
	case "history":
		return `<path d="M3 12a9 9 0 1 0 9-9 9.750 9.750 0 0 0-6.740 2.740L3 8"/>` +
			`<path d="M3 3v5h5"/><path d="M12 7v5l4 2"/>`
	case "folder-input":
		return `<path d="M2 9V5a2 2 0 0 1 2-2h3.900a2 2 0 0 1 1.690.900l.810 1.200` +
			`a2 2 0 0 0 1.670.900H20a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-1"/>` +
			`<path d="M2 13h10"/><path d="m9 16 3-3-3-3"/>`
	case "list-checks":
		return `<path d="m3 17 2 2 4-4"/><path d="m3 7 2 2 4-4"/><path d="M13 6h8"/>` +
			`<path d="M13 12h8"/><path d="M13 18h8"/>`
	case "list":
		return `<path d="M3 5h.01"/><path d="M3 12h.01"/><path d="M3 19h.01"/>` +
			`<path d="M8 5h13"/><path d="M8 12h13"/><path d="M8 19h13"/>`
	}
	return ""
}
