#!/bin/sh
# A CUPS backend (backend(7)) that keeps each sheet in a folder, with its ticket.
# faults/PRINTER holds what is wrong with the printer: a word of printer-state-reasons
# until it is taken away, "fail" to give up, "slow" to go on for as long as it stands.
# A queue of sheets:/cups-pdf is printed by the backend of cups-pdf, which looks
# for its configuration in /etc/cups alone: it gets a view of its own of that folder.
if [ $# -eq 0 ]; then
	echo 'direct sheets "Unknown" "Fogli in una cartella"'
	exit 0
fi
fault="@DIR@/faults/$PRINTER"
to="@DIR@/sheets/$PRINTER"
name="$1-$(date +%s%N)"
part="$to/.$name"
trap 'rm -rf "$part" "$part.d"; exit 0' TERM
mkdir -p "$to" && cat "${6:--}" >"$part" || exit 1
copies=$4
[ $# -gt 5 ] || copies=1 # filters have made them (backend(7))
if [ "$(wc -c <"$part")" -le 4 ]; then
	rm "$part" # a filter failed: no page comes out of a printer
	exit 0
fi
shown=
while [ -s "$fault" ]; do
	word=$(cat "$fault")
	case $word in
	fail)
		rm -f "$part"
		echo "ERROR: the device does not answer" >&2
		exit 1
		;;
	slow | "$shown") ;;
	*)
		[ -z "$shown" ] || echo "STATE: -$shown" >&2
		echo "STATE: +$word" >&2
		shown=$word
		;;
	esac
	sleep 0.02
done
[ -z "$shown" ] || echo "STATE: -$shown" >&2
ending=pdf
case $FINAL_CONTENT_TYPE in *raster*) ending=ras ;; esac
case $DEVICE_URI in
*cups-pdf)
	mkdir -m 777 "$part.d" "$part.d/out" && printf 'Out %s\nSpool %s\nLog %s\n' "$part.d/out" "$part.d" "$part.d" >"$part.d/cups-pdf.conf" || exit 1
	unshare -m sh -c 'mount --bind "$0" /etc/cups && shift && DEVICE_URI=cups-pdf:/ exec /usr/lib/cups/backend/cups-pdf "$@"' \
		"$part.d" run "$1" "$2" "$3" "$copies" "$5" "$part" || exit 1
	mv "$part.d"/out/*.pdf "$part" && rm -rf "$part.d" || exit 1
	;;
esac
printf '%s\0' "$1" "$2" "$3" "$copies" "$5" "$CONTENT_TYPE" "${FINAL_CONTENT_TYPE:-$CONTENT_TYPE}" >"$to/$name.ticket"
mv "$part" "$to/$name.$ending"
