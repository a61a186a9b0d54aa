"""Sixty-odd places that a seaman knows, each in the strips of sea he expects it in."""

import pytest

from zones.geofence import Geofence
from zones.zone import load_zones

# place, lat, lon, the strips it lies in; a harbour stands here by a point on its water or close before its mole
PLACES = """
Zuwarah, harbour                        32.923  12.122  ly-west-12 ly-west-24
Zuwarah, 5 nm north                     33.02   12.12   ly-west-12 ly-west-24
Zuwarah, 20 nm north                    33.27   12.12   ly-west-24
Zuwarah, 30 nm north                    33.44   12.12   -
Abu Kammash, off the beach              33.10   11.75   ly-west-12 ly-west-24
Ben Guerdane coast, Tunisian side       33.40   11.30   -
Sabratha, off the beach                 32.82   12.48   ly-west-12 ly-west-24
Zawiya, oil terminal                    32.82   12.70   ly-west-12 ly-west-24
Tripoli, roads                          32.95   13.20   ly-west-12 ly-west-24
Tripoli, 15 nm north                    33.16   13.18   ly-west-24
Garabulli, off the beach                32.80   13.72   ly-misrata-12 ly-misrata-24
Khoms, off the harbour                  32.70   14.27   ly-misrata-12 ly-misrata-24
Zliten, off the beach                   32.52   14.60   ly-misrata-12 ly-misrata-24
Misrata, off the harbour                32.38   15.25   ly-misrata-12 ly-misrata-24
Sirte, 5 nm north                       31.30   16.60   ly-sirte-12 ly-sirte-24
Sirte, 15 nm north                      31.46   16.65   ly-sirte-24
Gulf of Sirte, Ras Lanuf                30.53   18.58   ly-sirte-12 ly-sirte-24
Gulf of Sirte, Brega                    30.43   19.57   ly-sirte-12 ly-sirte-24
Gulf of Sirte, its middle               31.60   18.20   -
Gulf of Sirte, on land at 30.2 N        30.20   18.00   -
Ajdabiya coast, Zuwaytina               30.92   20.05   ly-sirte-12 ly-sirte-24
Benghazi, roads                         32.12   20.02   ly-benghazi-12 ly-benghazi-24
Tolmeita, off the village               32.75   20.95   ly-benghazi-12 ly-benghazi-24
Derna, off the harbour                  32.80   22.68   ly-tobruk-12 ly-tobruk-24
Tobruk, harbour mouth                   32.07   24.05   ly-tobruk-12 ly-tobruk-24
Bardia, 15 nm north-east                31.98   25.30   ly-tobruk-24
Sallum, Egyptian side                   31.70   25.75   -
Bouri field                             33.90   12.65   -
Canakkale coast, Baba Burnu             39.48   26.02   tr-aeg-n-12 tr-aeg-n-24
Ayvalik, inside the islands             39.32   26.66   tr-aeg-n-12 tr-aeg-n-24
Lesvos side of the strait of Mytilini   39.37   26.44   gr-aeg-ne-12
Dikili, roads                           39.06   26.85   tr-aeg-n-12 tr-aeg-n-24
Cesme, off the harbour                  38.335  26.275  tr-aeg-c-12 tr-aeg-c-24
Chios, off the town                     38.37   26.155  gr-aeg-ne-12
Izmir, inner bay                        38.43   27.10   tr-aeg-c-12 tr-aeg-c-24
Kusadasi, off the harbour               37.87   27.24   tr-aeg-c-12 tr-aeg-c-24
Samos side of the Mycale strait         37.70   26.99   gr-aeg-ne-12
Didim, off the beach                    37.33   27.24   tr-aeg-c-12 tr-aeg-c-24
Farmakonisi, off the islet              37.29   27.06   gr-dodecanese-12
Agathonisi, off the islet               37.44   26.98   gr-dodecanese-12
Bodrum, off the castle                  37.025  27.430  tr-aeg-s-12 tr-aeg-s-24
Turgutreis, off the marina              37.00   27.24   tr-aeg-s-12 tr-aeg-s-24
Bodrum side of the strait to Kos        36.955  27.36   tr-aeg-s-12 tr-aeg-s-24
Kos side of the strait to Bodrum        36.93   27.22   gr-dodecanese-12
Datca, off the harbour                  36.72   27.70   tr-aeg-s-12 tr-aeg-s-24
Symi, off the harbour                   36.63   27.84   gr-dodecanese-12
Marmaris, bay                           36.83   28.27   tr-aeg-s-12 tr-aeg-s-24
Rhodes, off the north cape              36.47   28.22   gr-dodecanese-12
Fethiye, bay                            36.645  29.10   tr-lycia-12 tr-lycia-24
Kas, off the harbour                    36.19   29.635  tr-lycia-12 tr-lycia-24
Kastellorizo, off its harbour           36.155  29.593  gr-dodecanese-12
Kastellorizo, 5 nm south                36.05   29.58   gr-dodecanese-12
Antalya, roads                          36.82   30.68   tr-antalya-12 tr-antalya-24
Alanya, 17 nm south-west                36.33   31.75   tr-antalya-24
Tasucu, off the harbour                 36.29   33.90   tr-cilicia-12 tr-cilicia-24
Mersin, beyond the roads                36.62   34.62   tr-cilicia-12 tr-cilicia-24
Iskenderun, off the harbour             36.62   36.14   tr-cilicia-12 tr-cilicia-24
Latakia, Syria                          35.52   35.70   -
Lampedusa, off the harbour              35.49   12.61   it-lampedusa-12
Lampedusa, 5 nm south                   35.41   12.60   it-lampedusa-12
Lampedusa, 15 nm south                  35.24   12.58   -
Linosa, 3 nm east                       35.86   12.94   it-lampedusa-12
Pantelleria, 5 nm south                 36.67   12.02   it-sicily-s-12
Pozzallo, off the harbour               36.70   14.84   it-sicily-s-12
Syracuse, off the harbour               37.05   15.33   it-sicily-e-12
Roccella Ionica, off the harbour        38.31   16.43   it-calabria-12
Crotone, off the harbour                39.09   17.16   it-calabria-12
Tropea, Tyrrhenian side of Calabria     38.69   15.88   -
Santa Maria di Leuca, off the cape      39.77   18.37   it-apulia-12
Valletta, off Grand Harbour             35.91   14.54   mt-12
Malta and Sicily, the middle            36.37   14.60   -
Gavdos, off the harbour                 34.85   24.14   gr-crete-s-12
Ierapetra, off the harbour              34.99   25.74   gr-crete-s-12
Sitia, north coast of Crete             35.23   26.12   -
Kalamata, roads                         36.99   22.11   gr-pelop-12
Kythira, 5 nm south                     36.05   23.00   gr-pelop-12
Pylos, 8 nm west                        36.90   21.53   gr-pelop-12
Larnaca, roads                          34.91   33.67   cy-12
Akrotiri, 4 nm south                    34.50   32.98   cy-12
Dhekelia, off the jetty                 34.96   33.73   cy-12
Ionian Sea, high seas                   36.00   18.50   -
Libyan Sea, high seas                   34.50   18.00   -
Levantine Sea, high seas                34.00   30.00   -
""".strip().splitlines()
STRIPS = Geofence([zone for zone in load_zones() if zone.ring is not None])


def read(line):
    place, (lat, lon, *strips) = line[:40].strip(), line[40:].split()
    return pytest.param(float(lat), float(lon), set(strips) - {"-"}, id=place)


@pytest.mark.parametrize(("lat", "lon", "strips"), [read(line) for line in PLACES])
def test_a_known_place_lies_in_the_strips_that_a_seaman_expects(lat, lon, strips):
    _, found = STRIPS.inside([lat], [lon])
    assert {STRIPS.zones[index].id for index in found} == strips


def test_sixty_places_are_tried_and_they_touch_every_strip():
    touched = {strip for line in PLACES for strip in line[40:].split()[2:]} - {"-"}
    assert len(PLACES) >= 60
    assert touched == {zone.id for zone in STRIPS.zones}
