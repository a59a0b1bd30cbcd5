"""The programme: four exercises and their doses, what the source says and what the clinic set."""

import pandas
import streamlit as st

from pages.ui import clinic, frame, tables, wording

DESCRIPTIONS = {
    "pelvic_tilt": "Knees bent, rock the pelvis from side to side like a pendulum",
    "knee_to_chest": "Pull one knee to the chest, extend it back down, then the other",
    "hip_joint": "Raise one leg slightly, and lower it slowly",
    "ankle_flexion": "Pull the toes toward the body, then extend",
}


def main() -> None:
    """What is prescribed, what is advised against, and when to stop."""
    frame.require_router()
    st.title("Programme", anchor=False)
    st.warning(
        "**The safety rule.** A patient with severe symptoms, or whose pain rises during exercise, stops at once and "
        "consults a professional. Supine exists to make sure that a professional sees them.",
        icon=":material/front_hand:",
    )
    programme = clinic.ask("programme")
    tables.heading("Four exercises, all lying down", lambda: programme, "programme", key="programme_exercises")
    shown = pandas.DataFrame(
        {
            "Exercise": programme["exercise"].map(wording.EXERCISES),
            "How": programme["exercise"].map(DESCRIPTIONS),
            "Daily target": [_target(row) for row in programme.to_dict("records")],
            "Upper limit": [_limit(row) for row in programme.to_dict("records")],
            "Target from": programme["target_from"].map({"source": "The source", "clinic default": "Clinic default"}),
        }
    )
    st.dataframe(
        shown, hide_index=True, height="content", alt="The exercises with their daily targets and where those come from"
    )
    st.subheader("Advised against", anchor=False)
    st.markdown(
        "Squats, bridges and heel raises: strength and upright exercise. A patient who logs one of them, or an "
        "exercise that the programme does not have, is on the review list under “Off programme”."
    )
    st.subheader("Where this comes from", anchor=False)
    st.markdown(
        "A press article on the advice of Mokhuri Oriental Medicine Hospital for lumbar spinal stenosis (director: "
        "Dr. Ki-ok Kim). It is one clinic's opinion and no trial evidence, so Supine says “programme rule”. The "
        "article gives a dose for the first two exercises; for the others the target is a default that Supine comes "
        "with."
    )
    st.caption("Targets are the same for every patient for now; prescriptions for one patient cannot be entered yet.")


def _target(row: dict) -> str:
    at_least = "at least " if pandas.isna(row["upper_limit"]) and row["target_from"] == "source" else ""
    return f"{at_least}{row['target']}{' per side' if row['per_side'] else ''}"


def _limit(row: dict) -> str:
    return "–" if pandas.isna(row["upper_limit"]) else f"{row['upper_limit']:.0f} per side"


main()
