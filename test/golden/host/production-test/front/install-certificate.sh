#!/bin/sh
# Deploy hook of certbot: gives nginx a certificate without a reload, for a front that runs without `siskin up` beside it.
# (`siskin up` does this by itself.) certbot sets RENEWED_LINEAGE and RENEWED_DOMAINS.
#
# nginx reads NAME.a.pem in the seconds 0-4 of every ten and NAME.b.pem in 5-9 (docs/adr/0023): each file is replaced while
# the other one is read, so that chain and key never mix.
set -eu
served="${SISKIN_SERVED_CERTIFICATES:-/served}"
group="${SISKIN_FRONT_GROUP:-}"
umask 077

replace() { # replace NAME TURN FIRST LAST: within the seconds FIRST to LAST of ten
  file="$served/$1.$2.pem"
  if [ -e "$file" ]; then
    while second=$(date +%S); [ "${second#?}" -lt "$3" ] || [ "${second#?}" -gt "$4" ]; do sleep 1; done
  fi
  cat "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" > "$file.new"
  [ -z "$group" ] || chgrp "$group" "$file.new"
  chmod 640 "$file.new"
  mv "$file.new" "$file"
}

for name in $RENEWED_DOMAINS; do
  replace "$name" a 6 8
  replace "$name" b 1 3
done
